#!/usr/bin/env python3
"""Writes a corpus to begin with for every target, made from `samples/` and `rules/`.

    fuzz/seed.py

Fills `fuzz/corpus/TARGET/` with what is small enough to be mutated fast, and the kept inputs.
Nothing of it is committed.
"""

import bz2
import gzip
import hashlib
import io
import json
import re
import tarfile
import zipfile
import zlib
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
ROOT = FUZZ.parent

# Longer inputs cost executions and add little.
LONGEST = 12_000

# Encodings with their place in `TYPES` of `src/targets.rs`; 0 leaves it to the bytes.
ENCODINGS = [
    ("utf-8", 0), ("utf-8-sig", 0), ("utf-16", 0), ("utf-16-le", 11), ("utf-32", 0), ("gbk", 3),
    ("gb18030", 4), ("big5", 5), ("shift_jis", 6), ("euc_jp", 7), ("iso2022_jp", 8),
    ("euc_kr", 9), ("cp1251", 10), ("latin-1", 15),
]


def samples():
    for path in sorted((ROOT / "samples").glob("*/*.*")):
        content = path.read_bytes()
        if len(content) <= LONGEST:
            yield path.name, content


def http(content, headers=b""):
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + b"\r\n" + content


def record(kind, content, media=b"application/http; msgtype=response"):
    head = (
        b"WARC/1.0\r\nWARC-Type: " + kind + b"\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        b"WARC-Target-URI: https://bread.example/\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
        b"Content-Type: " + media + b"\r\nContent-Length: " + str(len(content)).encode()
    )
    return head + b"\r\n\r\n" + content + b"\r\n\r\n"


def raw_deflate(content):
    writer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return writer.compress(content) + writer.flush()


def warcs(page):
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
    answers = [
        http(page),
        http(page, b"Content-Length: %d\r\n" % len(page)),
        http(chunks, b"Transfer-Encoding: chunked\r\n"),
        http(gzip.compress(page, mtime=0), b"Content-Encoding: gzip\r\n"),
        http(zlib.compress(page), b"Content-Encoding: deflate\r\n"),
        http(raw_deflate(page), b"Content-Encoding: deflate\r\n"),
    ]
    records = [record(b"response", answer) for answer in answers]
    records += [
        record(b"warcinfo", b"software: none\r\n", b"application/warc-fields"),
        record(b"resource", page, b"text/html"),
        record(b"conversion", b"Fresh bread every morning.", b"text/plain"),
        record(b"revisit", b""),
        record(b"request", b"GET / HTTP/1.1\r\n\r\n"),
    ]
    yield from records
    whole = b"".join(records)
    yield whole
    yield whole[: len(whole) // 2]
    yield gzip.compress(whole, mtime=0)
    yield b"".join(gzip.compress(part, mtime=0) for part in records)
    arc = (
        b"filedesc://a.arc 0.0.0.0 20240101000000 text/plain 76\n1 0 InternetArchive\n"
        b"URL IP-address Archive-date Content-type Archive-length\n\n"
    )
    body = http(page)
    line = b"https://bread.example/ 192.0.2.1 20240101000000 text/html %d\n" % len(body)
    yield arc + line + body + b"\n"
    yield gzip.compress(arc, mtime=0) + gzip.compress(line + body + b"\n", mtime=0)


def zipped(members, method=zipfile.ZIP_DEFLATED, stream=False):
    out = io.BytesIO()
    # What cannot seek gets sizes behind the data.
    target = Unseekable(out) if stream else out
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


class Unseekable(io.RawIOBase):
    def __init__(self, out):
        super().__init__()
        self.out = out

    def writable(self):
        return True

    def write(self, content):
        return self.out.write(content)


def tarred(members, kind):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "a.html"
        archive.addfile(link)
    return out.getvalue()


def archives(page):
    members = [("a.html", page), ("../up.html", page), ("b.png", b"\x89PNG\r\n\x1a\n\0\0")]
    warc = record(b"response", http(page))
    yield zipped(members)
    yield zipped(members, zipfile.ZIP_STORED)
    yield zipped(members, stream=True)
    yield zipped([("archive/a.warc", warc), ("b.zip", zipped(members))])
    yield zipped(members)[:-10]
    for kind in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        yield tarred([*members, ("n" * 120 + "\u00e9.html", page)], kind)
    tar = tarred(members, tarfile.USTAR_FORMAT)
    yield gzip.compress(tar, mtime=0)
    yield tarred([("a.zip", zipped(members)), ("a.tar", tar)], tarfile.USTAR_FORMAT)
    yield bz2.compress(page)


def rows(pages):
    for _, page in pages:
        text = page.decode(errors="replace")[:1500]
        common = {"url": "https://bread.example/", "id": 7, "date": "2024-01-01"}
        yield [{"text": text, **common}, {"html": text}]
        yield [{"content": text, "metadata": {"url": common["url"]}}, {"raw_content": text}]
        yield [{"body": None, "n": [1, {"a": text[:40]}]}, {"text": ""}]


def packs():
    header = '[pack]\nname = "tea"\nsummary = "Trial."\n\n'
    for path in sorted((ROOT / "rules").glob("*.toml")):
        # Each rule by itself, under a header of its own.
        for table in re.split(r"^(?=\[\[)", path.read_text(), flags=re.MULTILINE)[1:]:
            if len(table) <= 3000:
                yield (header + table).encode()


def add(target, content):
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


def main():
    pages = list(samples())
    small = min((page for name, page in pages if name.endswith(".html")), key=len)
    for number, (name, content) in enumerate(pages):
        add("html", content)
        add("json", content)
        add("scan", bytes([number % 8 * 0x20, number % 6]) + content)
        text = content.decode(errors="ignore")[:2000]
        encoding, place = ENCODINGS[number % len(ENCODINGS)]
        add("charset", bytes([place]) + text.encode(encoding, "ignore"))
    greeting = "<meta charset={}>中文 日本語 かな 한국어 русский é ©"
    for encoding, place in ENCODINGS:
        text = greeting.format(encoding).encode(encoding, "ignore")
        add("charset", bytes([place]) + text)
        add("charset", b"\0" + text)
        add("scan", b"\x20\0" + text)
    for content in warcs(small[:1500]):
        add("warc", content)
    for content in archives(small[:700]):
        add("archive", content)
    for table in rows(pages):
        add("jsonl", "\n".join(json.dumps(row) for row in table).encode())
        add("jsonl", "\r\n".join(json.dumps(row, ensure_ascii=False) for row in table).encode())
    for content in packs():
        add("rule_pack", content)
    for kept in sorted((FUZZ / "kept").glob("*/*")):
        add(kept.parent.name, kept.read_bytes())
    for folder in sorted((FUZZ / "corpus").iterdir()):
        print(f"{folder.name}: {len(list(folder.iterdir()))} inputs")


if __name__ == "__main__":
    main()
