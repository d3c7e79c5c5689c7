#!/usr/bin/env python3
"""Holds a faster crawlint to the results of the one before it.

    python3 bench/same.py OLD PATH... [--crawlint target/release/crawlint] [--every 20]

OLD is the command as it was built before the change; each PATH is a page, a folder or a dump. Both
scan every PATH and print one line of JSON for each page, clean or not: verdict, scores, findings with
their places. The lines must be the same, byte for byte. Of a folder, every 20th file is inspected as
well: all signals, blocks and zones. Prints the first differences and exits with 1 where there are any.
"""

import argparse
import itertools
import json
import subprocess
import sys
from pathlib import Path

MOST = 10

COMMANDS = {
    "scan": ["scan", "--all", "-q", "--no-config", "--format", "jsonl"],
    "inspect": ["inspect", "--no-config", "--format", "json"],
}


def output(crawlint, command, path):
    """The values the command prints, a line each in a scan. Its exit status says what was found, and
    whether all could be read; only a scan that prints nothing at all went wrong."""
    run = subprocess.run([crawlint, *COMMANDS[command], path], capture_output=True, check=False)
    if command == "scan" and not run.stdout:
        sys.exit(f"{crawlint} scan {path}: {run.stderr.decode(errors='replace')}")
    return run.stdout.splitlines() if command == "scan" else [run.stdout]


def fields(old, new, at=""):
    """The places where two values of JSON differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from fields(old.get(key), new.get(key), f"{at}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from fields(one, other, f"{at}[{index}]")
    elif old != new:
        yield f"{at or '.'}: {json.dumps(old)[:120]} is now {json.dumps(new)[:120]}"


def told(old, new):
    """Which page two lines of JSON are of, and how they differ."""
    if old is None or new is None:
        return "a line too few" if new is None else "a line too many"
    old, new = json.loads(old), json.loads(new)
    page = old.get("source", old.get("report", {}).get("source", {})).get("path", "")
    how = "; ".join(itertools.islice(fields(old, new), 3)) or "the order of the fields"
    return f"{page}: {how}"


def differences(old, new, command, path):
    lines = itertools.zip_longest(output(old, command, path), output(new, command, path))
    for before, after in lines:
        if before != after:
            yield f"{command} {told(before, after)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--crawlint", default="target/release/crawlint")
    parser.add_argument("--every", type=int, default=20)
    options = parser.parse_args()

    inspected = []
    for path in map(Path, options.paths):
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
            inspected += files[:: options.every]
    commands = [("scan", path) for path in options.paths] + [("inspect", p) for p in inspected]
    found = []
    for command, path in commands:
        found += differences(options.old, options.crawlint, command, path)
    for difference in found[:MOST]:
        print(difference)
    if found:
        sys.exit(f"{len(found)} differences")
    print(f"the same: {len(options.paths)} scans, {len(inspected)} pages inspected")


if __name__ == "__main__":
    main()
