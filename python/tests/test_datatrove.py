"""datatrove, in its local executor."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import crawlint

pytest.importorskip("datatrove", reason="datatrove is not installed")


def _rows(folder: Path) -> dict[str, dict[str, Any]]:
    lines = [line for file in folder.glob("*.jsonl.gz") for line in gzip.open(file)]
    return {row["id"]: row for row in map(json.loads, lines)}


@pytest.mark.parametrize("content", [None, "html"])
def test_a_pipeline(
    content: str | None, samples: list[str], scanner: crawlint.Scanner, tmp_path: Path
) -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from crawlint.datatrove import CrawlintFilter

    pages = {}
    for part in range(4):
        lines = []
        for name in samples[part::4]:
            html = Path(name).read_bytes().decode("utf-8", "replace")
            pages[name] = html
            text = html if content is None else "Extracted text."
            row = {"text": text, "id": name, "metadata": {"html": html, "url": "https://a.example/"}}
            lines.append(json.dumps(row))
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / f"in/{part}.jsonl").write_text("\n".join(lines))
    executor = LocalPipelineExecutor(
        [
            JsonlReader(str(tmp_path / "in")),
            CrawlintFilter(
                content=content, exclusion_writer=JsonlWriter(str(tmp_path / "dropped"))
            ),
            JsonlWriter(str(tmp_path / "kept")),
        ],
        tasks=4,
        workers=2,
        logging_dir=str(tmp_path / "logs"),
    )
    stats = executor.run()
    kept, dropped = _rows(tmp_path / "kept"), _rows(tmp_path / "dropped")
    assert kept and dropped and kept.keys() | dropped.keys() == pages.keys()
    for name, html in pages.items():
        result = scanner.scan(html, "https://a.example/")
        row = dropped[name] if result.verdict in scanner.fail_on else kept[name]
        assert row["metadata"]["crawlint_verdict"] == result.verdict
        assert row["metadata"]["crawlint_rules"] == result.rules
        assert row["metadata"].get("filter_reason") == (
            result.verdict if result.verdict in scanner.fail_on else None
        )
    counted = json.loads(stats.to_json())[1]["stats"]
    reasons = [key for key in counted if key.startswith("dropped_")]
    assert counted["dropped"] == sum(counted[key] for key in reasons) == len(dropped)


def test_which_are_dropped() -> None:
    from datatrove.data import Document

    from crawlint.datatrove import CrawlintFilter

    casino = "<title>Online casino</title>" + "<p>casino bonus, free spins, online slots\n" * 9
    documents = [Document(text=text, id="x") for text in (casino, "", "Fresh bread from six.")]
    assert CrawlintFilter().filter_batch(documents) == [
        (False, "spam"), (False, "unreadable"), True
    ]
    assert CrawlintFilter(drop=["clean"]).filter(documents[2]) == (False, "clean")
    assert CrawlintFilter(drop=[], content="html").filter(documents[0]) is True
    assert documents[0].metadata["crawlint_verdict"] == "unreadable"
    with pytest.raises(crawlint.ConfigError, match="no verdict `bad`"):
        CrawlintFilter(drop=["bad"])  # type: ignore[list-item]
