#!/usr/bin/env python3
"""Writes a WARC file of any size: made-up pages, or the files of a folder.

    bench/generate_warc.py crawl.warc --size 4G
    bench/generate_warc.py crawl.warc.gz --pages 20000
    bench/generate_warc.py pages.warc.gz --from PAGES

A name that ends in `.gz` gets one gzip member per record, as crawlers write it; `--one-stream`
puts everything into one member. Each page comes with a request record. The same arguments give
the same bytes.

To see that memory does not grow with the file:

    /usr/bin/time -v target/release/crawlint scan -j 2 --fail-on never --quiet crawl.warc
"""

import argparse
import gzip
import itertools
import random
import uuid
from pathlib import Path

WORDS = (
    "water stone river garden morning window letter market bread winter bridge music paper "
    "valley teacher engine harbour summer village question answer picture history village "
    "the a of and to in is was that it for on with as at by from this which were have"
).split()


def sentence(rng):
    words = [rng.choice(WORDS) for _ in range(rng.randint(7, 18))]
    return " ".join(words).capitalize() + "."


def made_up(seed):
    """Pages without end, of 2 KB to 60 KB."""
    rng = random.Random(seed)
    # Sentences are made once: writing must not take longer than scanning.
    stock = [sentence(rng) for _ in range(5000)]
    for number in itertools.count():
        count = rng.randint(4, 120)
        body = "\n".join(f"<p>{' '.join(rng.choices(stock, k=6))}</p>" for _ in range(count))
        title = stock[number % len(stock)]
        html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>\n{body}\n</body></html>\n"
        yield f"http://site{number % 997}.example/page/{number}", "text/html; charset=utf-8", html.encode()


def of_folder(folder):
    types = {".html": "text/html", ".json": "application/json", ".xml": "application/xml"}
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        if path.name != "manifest.jsonl":
            kind = types.get(path.suffix, "text/plain")
            yield f"http://files.example/{path.relative_to(folder)}", kind, path.read_bytes()


def record(kind, rng, url, content_type, block):
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid.UUID(int=rng.getrandbits(128))}>\r\n"
        f"WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def size(text):
    units = {"K": 10**3, "M": 10**6, "G": 10**9}
    return int(float(text[:-1]) * units[text[-1]]) if text[-1] in units else int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--size", type=size, default=None, help="stop at so many bytes, before compression: 500M, 4G")
    parser.add_argument("--pages", type=int, default=None, help="stop at so many pages")
    parser.add_argument("--from", dest="folder", help="the files below this folder instead of made-up pages")
    parser.add_argument("--one-stream", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not (options.size or options.pages or options.folder):
        parser.error("say how much: --size, --pages or --from")

    pages = of_folder(options.folder) if options.folder else made_up(options.seed)
    rng = random.Random(options.seed)
    zipped = options.output.suffix == ".gz"
    pack = (lambda data: gzip.compress(data, 6, mtime=0)) if zipped and not options.one_stream else (lambda data: data)
    written = count = 0
    opener = gzip.open if zipped and options.one_stream else open
    with opener(options.output, "wb") as out:
        out.write(pack(record("warcinfo", rng, "urn:info", "application/warc-fields", b"software: generate_warc\r\n")))
        for url, kind, body in pages:
            if (options.pages and count >= options.pages) or (options.size and written >= options.size):
                break
            answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            response = record("response", rng, url, "application/http; msgtype=response", answer)
            request = record("request", rng, url, "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n")
            out.write(pack(response))
            out.write(pack(request))
            written += len(response) + len(request)
            count += 1
    print(f"{count} pages, {written} bytes before compression, {options.output.stat().st_size} bytes in {options.output}")


if __name__ == "__main__":
    main()
