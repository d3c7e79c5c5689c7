"""Judges files, folders and dumps, and tells what is wrong with them: `python scan_pages.py PATH …`"""

import sys
from collections import Counter

import crawlint

scanner = crawlint.Scanner()
counts: Counter[str] = Counter()
scan = scanner.scan_path(sys.argv[1:] or ["samples"])
for result in scan:
    counts[result.verdict] += 1
    if result.verdict in scanner.fail_on:
        print(f"{result.verdict:10} {result.url or result.path}: {result.headline}")
print(dict(counts), "passed over:", scan.skipped)
