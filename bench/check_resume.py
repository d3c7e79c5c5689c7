#!/usr/bin/env python3
"""Kills a scan at random moments and resumes it, until it ends; then compares with a run in peace.

    bench/check_resume.py target/release/crawlint [--pages 20000] [--kills 20] [--seed 1] [--folder]

Writes a dump of invented pages (a WARC of gzip members; with --folder a folder of files), scans it
once uninterrupted, and once with SIGKILL after random waits. All outputs of both must be the same:
every page once, byte for byte. Needs nothing but Python.
"""

import argparse
import gzip
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

WORDS = """tea leaf water cup kettle garden morning light harvest valley river stone market basket
bread honey kitchen window chair letter story winter summer train station music paper""".split()
SPAM = "Online casino bonus, free spins and slot jackpot at https://win.example/casino. " * 8


def page(number, chance):
    words = " ".join(chance.choice(WORDS) for _ in range(chance.randint(80, 400)))
    body = f"<p>{words}.</p>" + (f"<div>{SPAM}</div>" if number % 7 == 0 else "")
    return f"<!DOCTYPE html><html><head><title>Page {number}</title></head><body>{body}</body></html>"


def record(number, body):
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{body}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012x}>\r\n"
        f"WARC-Target-URI: https://host{number % 97}.example/page/{number}\r\n"
        "WARC-Date: 2026-01-02T03:04:05Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + http + b"\r\n\r\n", 1, mtime=0)


def dump(folder, pages, seed, as_folder):
    chance = random.Random(seed)
    if as_folder:
        root = folder / "pages"
        for number in range(pages):
            path = root / f"{number // 1000:03}" / f"{number:06}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page(number, chance))
        return root
    path = folder / "dump.warc.gz"
    with path.open("wb") as out:
        for number in range(pages):
            out.write(record(number, page(number, chance)))
    return path


def outputs(folder, parquet):
    names = ["r.jsonl", "r.jsonl.gz", "r.jsonl.zst"] + (["r.parquet/"] if parquet else [])
    arguments = [part for name in names for part in ("-o", f"{folder}/{name}")]
    return [*arguments, "--split", f"{folder}/split", "--hosts", f"{folder}/hosts.csv"]


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("crawlint")
    arguments.add_argument("--pages", type=int, default=20_000)
    arguments.add_argument("--kills", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--folder", action="store_true")
    arguments.add_argument("--no-parquet", action="store_true")
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    work = pathlib.Path(tempfile.mkdtemp(prefix="resume-"))
    try:
        source = dump(work, options.pages, options.seed, options.folder)
        # The same names in both runs, since results name what they are about.
        def command(folder):
            folder.mkdir(exist_ok=True)
            scan = [options.crawlint, "scan", "--quiet", "--fail-on", "never", str(source)]
            return [*scan, *outputs(folder, not options.no_parquet)]

        calm = work / "calm"
        started = time.monotonic()
        subprocess.run(command(calm), check=True)
        took = time.monotonic() - started
        print(f"uninterrupted: {took:.1f} s")

        hard = work / "hard"
        killed = runs = 0
        while True:
            runs += 1
            process = subprocess.Popen([*command(hard), "--resume"])
            if killed < options.kills:
                # Runs that go on have less to do each time: keep the waits short of the end.
                try:
                    process.wait(chance.uniform(0, 2.2 * took / options.kills))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    killed += 1
                    continue
            if process.wait() != 0:
                sys.exit(f"run {runs} ended with status {process.returncode}")
            break
        print(f"killed {killed} times in {runs} runs")

        lines = (hard / "r.jsonl").read_bytes().splitlines()
        places = {line.partition(b'"format"')[0] for line in lines}
        one, other = files(calm), files(hard)
        different = sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n))
        print(f"{len(lines)} lines, {len(places)} pages, {len(one)} files")
        if len(lines) != options.pages or len(places) != options.pages or different:
            sys.exit(f"the runs differ in: {', '.join(different) or 'pages'}")
        if killed < options.kills:
            sys.exit(f"only {killed} kills came before the end: give more --pages")
        print("every page once, all files byte for byte the same")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
