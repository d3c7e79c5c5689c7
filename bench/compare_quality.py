#!/usr/bin/env python3
"""Compares crawlint's quality filters with those of datatrove, page by page.

    python3 -m venv venv && venv/bin/pip install datatrove spacy numpy
    venv/bin/python bench/compare_quality.py PAGES --crawlint target/release/crawlint

PAGES is a folder with a `manifest.jsonl` as `crawlint eval` reads it (keys `file`, `language`).
Both sides judge the same text: what crawlint takes as visible, rebuilt from the blocks of
`crawlint inspect --format json`. Nothing is downloaded: datatrove splits English with spaCy's
blank, rule-based tokenizer.

Prints, for each filter, on how many texts both keep or both drop, and on how many the reason
is the same as well; then every difference. Exit status 1 when a filter agrees on less than 99 %.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)

FILTERS = {
    "gopher-quality": GopherQualityFilter,
    "gopher-repetition": GopherRepetitionFilter,
    "c4": C4QualityFilter,
    "fineweb": FineWebQualityFilter,
}
LEAST = 0.99


def visible_text(crawlint, page):
    """The visible text of a page, and the language crawlint tells; None if unreadable."""
    run = subprocess.run(
        [crawlint, "inspect", page, "--format", "json"], capture_output=True, check=False
    )
    if run.returncode != 0:
        return None
    seen = json.loads(run.stdout)
    end = seen["page"]["visible_len"]
    # Between blocks there are line breaks only.
    text = bytearray(b"\n" * end)
    for block in seen["page"]["blocks"]:
        start, stop = block["span"]["start"], block["span"]["end"]
        if stop <= end:
            text[start:stop] = block["text"].encode()
    return text.decode(), seen["report"]["language"]["main"]


def decisions(crawlint, folder, name):
    """crawlint's decision on every text of a folder: file name to reason, None for kept."""
    command = [crawlint, "scan", folder, "--format", "jsonl", "--quiet", "--fail-on", "never"]
    command += ["--allow-unreadable", "--profile", name]
    run = subprocess.run(command, capture_output=True, check=True)
    found = {}
    for line in run.stdout.splitlines():
        report = json.loads(line)
        if "profile" in report:
            file = Path(report["source"]["path"]).name
            found[file] = report["profile"].get("reason")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pages", type=Path)
    parser.add_argument("--crawlint", default="crawlint", help="the command to compare")
    parser.add_argument("--number", type=int, default=300, help="texts to compare")
    parser.add_argument("--seed", type=int, default=1, help="of the choice of pages")
    options = parser.parse_args()

    rows = (options.pages / "manifest.jsonl").read_text().splitlines()
    rows = [row for row in map(json.loads, rows) if row.get("language") == "en"]
    random.Random(options.seed).shuffle(rows)

    with tempfile.TemporaryDirectory() as folder:
        texts, origins = {}, {}
        for row in rows:
            if len(texts) == options.number:
                break
            seen = visible_text(options.crawlint, str(options.pages / row["file"]))
            # The constants go by the language told; a text is parsed as text only if it is not
            # markup again.
            if seen is None or seen[1] != "en" or not seen[0].strip():
                continue
            name = f"{len(texts):04}.txt"
            (Path(folder) / name).write_bytes(seen[0].encode())
            again = visible_text(options.crawlint, str(Path(folder) / name))
            if again != seen:
                (Path(folder) / name).unlink()
                continue
            texts[name], origins[name] = seen[0], row["file"]
        print(f"{len(texts)} texts")

        worst = 1.0
        for name, make in FILTERS.items():
            ours = decisions(options.crawlint, folder, name)
            theirs_filter = make()
            same = same_reason = kept = 0
            differences = []
            for file, text in texts.items():
                result = theirs_filter.filter(Document(text=text, id=file))
                theirs = result[1] if isinstance(result, tuple) else None
                kept += theirs is None
                if (theirs is None) == (ours[file] is None):
                    same += 1
                    same_reason += theirs == ours[file]
                else:
                    differences.append((origins[file], theirs, ours[file]))
            share = same / max(len(texts), 1)
            worst = min(worst, share)
            print(
                f"{name}: same decision {same} ({share:.1%}), same reason {same_reason}; "
                f"datatrove keeps {kept}"
            )
            for file, theirs, mine in differences:
                print(f"  {file}: datatrove {theirs or 'keeps'}, crawlint {mine or 'keeps'}")
    return 0 if texts and worst >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
