"""Judges the files of a folder on Daft: `python daft_scan.py FOLDER`. Of a crawl, begin with
`daft.read_parquet` and name its columns."""

import sys
from pathlib import Path

import daft

import crawlint.daft

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "samples/spam")
files = sorted(file for file in folder.iterdir() if file.is_file())
pages = daft.from_pydict({"path": list(map(str, files)), "html": [f.read_bytes() for f in files]})
judged = crawlint.daft.scan(pages, url=None, path="path")
print(judged.groupby("verdict").agg(daft.col("path").count()).to_pydict())
