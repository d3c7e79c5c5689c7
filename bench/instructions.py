#!/usr/bin/env python3
"""Counts the instructions of scans, which do not depend on what else the machine does.

    python3 bench/instructions.py            compare with bench/instructions.json
    python3 bench/instructions.py --write    write it

Runs the release build of the command under `valgrind --tool=callgrind` on one thread: on one tiny
page, which is nearly all start-up, and on samples/. Exit status 1 when one needs 3 % more than the
file says. Another compiler or another kind of processor gives other numbers: write the file anew
before a change, and compare after it.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BASELINE = Path(__file__).with_suffix(".json")
CASES = {
    "start": ["samples/clean/soba-making.html"],
    "samples": ["samples"],
}
MORE = 1.03


def instructions(crawlint, paths):
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
            crawlint, "scan", *paths, "-j", "1", "-q", "--no-config", "--format", "jsonl",
        ]  # fmt: skip
        run = subprocess.run(command, capture_output=True, check=False, text=True, errors="replace")
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode not in (0, 1) or not found:
        sys.exit(run.stderr)
    return int(found[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--crawlint", default="target/release/crawlint")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    counts = {name: instructions(options.crawlint, paths) for name, paths in CASES.items()}
    if options.write:
        BASELINE.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    for name, count in counts.items():
        print(f"{name:10}{count / 1e6:>10.1f} million  {count / known[name]:>6.3f} of the baseline")
    sys.exit(any(count > known[name] * MORE for name, count in counts.items()))


if __name__ == "__main__":
    main()
