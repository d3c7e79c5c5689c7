#!/usr/bin/env python3
"""Compares crawlint's reader of WARC and ARC with warcio, record by record.

    python3 -m venv venv && venv/bin/pip install warcio brotli
    cargo build --release --example records
    venv/bin/python bench/compare_warc.py FILE... [--records target/release/examples/records]

For each file: how many pages both found, and whether address, offset and SHA-1 of the content
(without chunks and encodings) are the same; then every difference. What crawlint passes over by
its type (images, empty bodies) counts as seen. Exit status 1 when anything differs.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

PAGES = {"response", "resource", "conversion"}


def theirs(path):
    """Pages by warcio: (address, offset) to digest; and why it stopped, where it did."""
    found, order = {}, []
    with open(path, "rb") as stream:
        try:
            # An ARC file's records come as they are: the status line is read like that of a WARC.
            records = ArchiveIterator(stream)
            for record in records:
                if record.rec_type not in PAGES:
                    continue
                url = record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri")
                content = record.content_stream().read()
                offset = records.get_record_offset()
                found[(url, offset)] = hashlib.sha1(content).hexdigest()
                order.append((url, offset))
        except Exception as error:  # whatever it is, it is what a user would see
            return found, f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
    return found, None


def ours(path, program):
    found, passed, faults = {}, {}, []
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([program, "--bytes", folder, path], capture_output=True, check=True)
        for line in run.stdout.splitlines():
            item = json.loads(line)
            # warcio writes spaces in addresses so.
            key = ((item["url"] or "").replace(" ", "%20"), item["offset"])
            if item["item"] == "page":
                content = (Path(folder) / str(item["number"])).read_bytes()
                found[key] = hashlib.sha1(content).hexdigest()
            elif item["item"] == "skipped":
                passed[key] = item["kind"]
            else:
                faults.append(f"{item['code']}: {item['message']}")
    return found, passed, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--records", default="target/release/examples/records")
    options = parser.parse_args()
    differing = 0
    for path in options.files:
        they, stopped = theirs(path)
        we, passed, faults = ours(path, options.records)
        notes = []
        if stopped:
            notes.append(f"warcio stops: {stopped}")
        notes += [f"crawlint tells: {fault}" for fault in faults]
        for key in they.keys() - we.keys() - passed.keys():
            # Of a file that is one stream only crawlint says that its records have no place.
            if (key[0], None) in we or (key[0], None) in passed:
                notes.append(f"no offset: {key}")
            else:
                notes.append(f"only warcio: {key}")
        notes += [f"passed over as {passed[key]}: {key}" for key in they.keys() & passed.keys()]
        notes += [f"only crawlint: {key}" for key in we.keys() - they.keys()]
        notes += [f"other content: {key}" for key in they.keys() & we.keys() if they[key] != we[key]]
        same = sum(they[key] == we[key] for key in they.keys() & we.keys())
        print(f"{Path(path).name}: {same} the same of {len(they)} by warcio and {len(we)} by crawlint")
        for note in notes[:20]:
            print(f"    {note}")
        differing += bool(notes)
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
