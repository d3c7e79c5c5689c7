#!/usr/bin/env python3
"""Builds a command that was laid out for what it does: `python3 bench/profiled.py OUT`.

The compiler watches a scan of the samples (or of --train), then compiles the command again with what
is called often kept together. Its results are the same; `bench/same.py` shows that. Needs llvm-profdata:
`rustup component add llvm-tools`, or the one of the LLVM that `rustc -vV` names.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target" / "profiled"


def told(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def profdata():
    """The tool that joins profiles."""
    facts = dict(line.split(": ", 1) for line in told("rustc", "-vV").splitlines() if ": " in line)
    major = facts["LLVM version"].split(".")[0]
    ours = Path(told("rustc", "--print", "sysroot").strip(), "lib/rustlib", facts["host"], "bin/llvm-profdata")
    found = ours if ours.exists() else shutil.which(f"llvm-profdata-{major}")
    if not found:
        sys.exit(f"llvm-profdata of LLVM {major} is missing: rustup component add llvm-tools")
    return found


def built(flag):
    """The command, built with one more flag of the compiler."""
    flags = f"{os.environ.get('RUSTFLAGS', '')} {flag}".strip()
    environment = {**os.environ, "RUSTFLAGS": flags, "CARGO_TARGET_DIR": str(TARGET)}
    command = ["cargo", "build", "--release", "--locked", "--bin", "crawlint"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return TARGET / "release" / "crawlint"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--train", type=Path, default=ROOT / "samples", help="pages to watch a scan of")
    options = parser.parse_args()

    join = profdata()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        watched = built(f"-Cprofile-generate={folder / 'runs'}")
        for form in ("human", "jsonl"):
            scan = [watched, "scan", options.train, "--all", "-q", "--no-config", "--format", form]
            if subprocess.run(scan, stdout=subprocess.DEVNULL, check=False).returncode > 1:
                sys.exit(f"{options.train} could not be scanned")
        profile = folder / "profile"
        subprocess.run([join, "merge", "-o", profile, folder / "runs"], check=True)
        shutil.copy2(built(f"-Cprofile-use={profile}"), options.out)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
