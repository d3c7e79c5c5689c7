#!/usr/bin/env python3
"""Times crawlint beside what other pipelines pay for the same pages: one run, one core.

    python3 bench/compare.py PAGES [--crawlint target/release/crawlint] [--rounds 3]

PAGES is a folder; its first 1,000 HTML files, in order of their paths, are used. The peers are
installed into an environment of their own below the temporary folder, once.

Times are processor time, the least of all rounds, and rounds of all tools take turns. crawlint is a
whole process: start, reading files, decoding, parsing, all rules and signals, one line of JSON for
each page. The peers run inside one process on bytes in memory, after a first page that is not
counted, so that loading their libraries costs nothing.

The Gopher, C4 and FineWeb filters of datatrove run on the text that trafilatura extracts. They are slow:
they run once.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEERS = [
    "resiliparse==2.0.1",
    "trafilatura==2.3.1",
    "selectolax==1.0.2",
    "datatrove==0.10.1",
    "spacy==3.8.18",
    "lxml_html_clean==0.4.3",
    "nltk==3.10.4",
]
PAGES = 1000


def environment():
    """The interpreter of the environment with the peers; makes it where it is not there."""
    folder = Path(tempfile.gettempdir()) / "crawlint-compare"
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists() or ready.read_text() != "\n".join(PEERS):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        ready.write_text("\n".join(PEERS))
    return python


def child_time(command):
    """Processor time of a process, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(os.devnull, "wb") as nowhere:
        run = subprocess.run(command, stdout=nowhere, stderr=nowhere, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with status {run.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def own_time(work, pages):
    """Processor time of `work` on every page, in seconds, and how many pages it failed on."""
    failed = 0
    begun = time.process_time()
    for page in pages:
        try:
            work(page)
        except Exception:  # noqa: BLE001 (a peer may fail on a page in any way)
            failed += 1
    return time.process_time() - begun, failed


def peers():
    """Name and function of every peer, from bytes to its result."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree
    from selectolax.lexbor import LexborHTMLParser
    import trafilatura

    def resiliparse(page):
        tree = HTMLTree.parse(bytes_to_str(page, detect_encoding(page)))
        return extract_plain_text(tree, main_content=True)

    def selectolax(page):
        return LexborHTMLParser(page).body.text()

    return {
        "resiliparse, parse + main content": resiliparse,
        "selectolax, parse + text": selectolax,
        "trafilatura": trafilatura.extract,
    }


def filters():
    """trafilatura and the filters of datatrove, as a pipeline runs them: until one drops the page."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )
    import trafilatura

    chain = [
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False),
        FineWebQualityFilter(),
    ]

    def work(page):
        text = trafilatura.extract(page)
        if text:
            document = Document(text=text, id="page")
            for each in chain:
                verdict = each.filter(document)
                if verdict is False or isinstance(verdict, tuple) and not verdict[0]:
                    break

    return work


def measure(options):
    files = sorted(path for path in Path(options.pages).rglob("*.htm*") if path.is_file())
    files = files[:PAGES]
    if not files:
        sys.exit(f"no HTML files below {options.pages}")
    pages = [path.read_bytes() for path in files]
    with tempfile.TemporaryDirectory() as folder:
        for number, page in enumerate(pages):
            (Path(folder) / f"{number:05}.html").write_bytes(page)

        def crawlint():
            return child_time(
                [options.crawlint, "scan", folder, "-j", "1", "-q", "--no-config",
                 "--format", "jsonl", "--fail-on", "never"]
            )  # fmt: skip

        named = peers()
        for work in named.values():
            own_time(work, pages[:1])
        least, failures = {}, {}
        for _ in range(options.rounds):
            rows = [("crawlint scan", (crawlint(), 0))]
            rows += [(name, own_time(work, pages)) for name, work in named.items()]
            for name, (seconds, failed) in rows:
                least[name] = min(seconds, least.get(name, seconds))
                failures[name] = failed
        chain = filters()
        own_time(chain, pages[:3])
        name = "trafilatura + Gopher, C4, FineWeb"
        least[name], failures[name] = own_time(chain, pages)

    size = sum(map(len, pages))
    print(f"{len(pages)} pages, {size / 1e6:.1f} MB; processor time on one core")
    print(f"{'':36}{'ms a page':>10}{'pages/s':>10}{'crawlint is':>16}{'failed':>8}")
    for name, seconds in least.items():
        print(line(name, seconds, len(pages), least["crawlint scan"], failures[name]))


def line(name, seconds, count, own, failed):
    each = seconds / count
    times = f"{seconds / own:.2f} x faster"
    return f"{name:36}{each * 1e3:>10.2f}{1 / each:>10.0f}{times:>16}{failed:>8}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("pages", metavar="PAGES")
    parser.add_argument("--crawlint", default="target/release/crawlint")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options)
    else:
        python = environment()
        sys.exit(subprocess.run([python, __file__, "--inside", *sys.argv[1:]], check=False).returncode)


if __name__ == "__main__":
    main()
