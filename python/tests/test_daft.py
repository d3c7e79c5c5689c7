"""Daft, with its own runner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import crawlint
import crawlint.daft

daft = pytest.importorskip("daft", reason="Daft is not installed")


def test_daft_gives_what_the_scanner_gives(samples: list[str], scanner: crawlint.Scanner) -> None:
    pages: list[Any] = [Path(name).read_bytes() for name in samples] * 10
    pages[7] = None
    urls = [f"https://a{at}.example/" for at in range(len(pages))]
    df = daft.from_pydict({"html": pages, "url": urls})
    found = crawlint.daft.scan(df, scanner=scanner, batch_size=100).to_pydict()
    assert list(found)[:3] == ["url", "format", "charset"]
    wanted = list(scanner.scan_many(zip((page or b"" for page in pages), urls, strict=True)))
    rows = dict(zip(found["url"], zip(found["verdict"], found["risk"], found["findings"])))
    assert len(rows) == len(pages)
    for page, url, result in zip(pages, urls, wanted, strict=True):
        verdict, risk, findings = rows[url]
        if page is None:
            assert verdict is None
        else:
            assert (verdict, risk) == (result.verdict, result.risk)
            assert [one["rule"] for one in findings] == [one.rule for one in result.findings]


def test_complaints(scanner: crawlint.Scanner) -> None:
    df = daft.from_pydict({"html": ["x"], "risk": [1]})
    with pytest.raises(crawlint.InputError, match="no column `url`"):
        crawlint.daft.scan(df)
    with pytest.raises(crawlint.InputError, match="two columns would be called `risk`"):
        crawlint.daft.scan(df, url=None)
    named = crawlint.daft.scan(df, url=None, prefix="lint_").to_pydict()
    assert named["risk"] == [1] and named["lint_verdict"] == ["clean"]
