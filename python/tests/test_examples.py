"""The examples run as they are, and so does the Python of the documents."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from common import ROOT, Command

EXAMPLES = ROOT / "python/examples"


def run(name: str, *arguments: str) -> str:
    line = [sys.executable, str(EXAMPLES / name), *arguments]
    done = subprocess.run(line, capture_output=True, check=False, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_scan_pages() -> None:
    told = run("scan_pages.py")
    assert "'injected': " in told and "spam       samples/spam/" in told


@pytest.mark.parametrize("engine", ["spark", "ray", "daft"])
def test_engines(engine: str) -> None:
    pytest.importorskip({"spark": "pyspark"}.get(engine, engine))
    assert "spam" in run(f"{engine}_scan.py")


def test_datatrove(tmp_path: Path, samples: list[str]) -> None:
    pytest.importorskip("datatrove")
    (tmp_path / "in").mkdir()
    rows = [{"text": Path(name).read_bytes().decode("utf-8", "replace"), "id": name} for name in samples]
    (tmp_path / "in/a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run("datatrove_filter.py", str(tmp_path / "in"), str(tmp_path / "out"))
    assert {file.parent.name for file in tmp_path.glob("out/*/*.jsonl.gz")} == {"kept", "dropped"}


def test_every_example_is_tried() -> None:
    source = Path(__file__).read_text()
    for example in EXAMPLES.glob("*.py"):
        engine = example.name.removesuffix("_scan.py")
        assert f'"{example.name}"' in source or f'"{engine}"' in source, example


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the documents take for granted: pages, a dump, and the results of two parts of a crawl."""
    shutil.copytree(ROOT / "samples/clean", tmp_path / "crawl")
    page = (ROOT / "samples/injected/footer-casino-anchors.html").read_bytes()
    (tmp_path / "page.html").write_bytes(page)
    (tmp_path / "crawl.warc.gz").write_bytes(gzip.compress(page))
    (tmp_path / "crawlint.toml").write_text('[gate]\nfail_on = ["spam"]\n')
    for name in ("hosts", "verdicts", "parts"):
        (tmp_path / name).mkdir()
    lines = [json.loads(line) for line in (ROOT / "samples/manifest.jsonl").read_text().splitlines()]
    # What is injected stands on two hosts, as campaigns do.
    lines += [line for line in lines if line["label"] == "injected"]
    rows = [
        json.dumps({
            "html": (ROOT / "samples" / line["file"]).read_bytes().decode("utf-8", "replace"),
            "url": f"https://{line['label'] if at % 3 else 'mixed'}{at % 7}.example/{at}",
        })
        for at, line in enumerate(lines)
    ]
    for part in (0, 1):
        (tmp_path / f"parts/{part}.jsonl").write_text("\n".join(rows[part::2]))
        files = [f"verdicts/{part}.parquet", "--hosts", f"hosts/{part}.parquet"]
        command(f"parts/{part}.jsonl", "-o", *files, cwd=tmp_path)
    files = ["results.parquet", "--hosts", "whole.parquet"]
    command("parts/0.jsonl", "parts/1.jsonl", "-o", *files, cwd=tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "document",
    ["README.md", "python/README.md", "docs/outputs.md", "docs/python.md", "docs/scale.md"],
)
def test_python_of_the_documents_runs(document: str, folder: Path) -> None:
    names: dict[str, Any] = {}
    code = blocks(document, "python")
    assert code
    for block in code:
        exec(compile(block, document, "exec"), names)


def test_sql_of_the_documents_runs(folder: Path) -> None:
    queries = blocks("docs/scale.md", "sql") + blocks("docs/outputs.md", "sql")
    for query in queries:
        answer = duckdb.sql(query)
        assert answer is None or answer.fetchall()
    # Parts put together are the whole.
    columns = "host, kind, pages, clean, damaged, suspicious, injected, spam, junk, unreadable"
    merged = duckdb.sql(f"SELECT {columns} FROM all_hosts ORDER BY host").fetchall()
    whole = duckdb.sql(f"SELECT {columns} FROM 'whole.parquet' ORDER BY host").fetchall()
    assert merged == whole and len({row[1] for row in whole}) >= 4
    told = "host, pages, spam, injected, unreadable"
    again = duckdb.sql(f"SELECT {told} FROM hosts_of_verdicts ORDER BY host").fetchall()
    assert again == duckdb.sql(f"SELECT {told} FROM all_hosts ORDER BY host").fetchall()


def test_engines_that_are_absent_say_what_to_install() -> None:
    code = """
import sys
for name in ("pyspark", "ray", "daft", "datatrove", "pyarrow"):
    sys.modules[name] = None
import crawlint, crawlint.spark, crawlint.ray, crawlint.daft
calls = {
    "spark": lambda: crawlint.spark.scan(None), "ray": lambda: crawlint.ray.scan(None),
    "daft": lambda: crawlint.daft.scan(None),
    "datatrove": lambda: __import__("crawlint.datatrove"),
    "arrow": lambda: crawlint.Scanner().scan_batch(None),
}
for extra, call in calls.items():
    try:
        call()
    except crawlint.MissingModuleError as error:
        assert f"pip install 'crawlint[{extra}]'" in str(error), error
    else:
        raise SystemExit(extra)
assert crawlint.Scanner().scan("x")
"""
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
