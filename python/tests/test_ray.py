"""Ray Data, on a local cluster with two actors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import crawlint
import crawlint.ray

ray = pytest.importorskip("ray", reason="Ray is not installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    # Two processors for the actors, two for the tasks around them: logical ones.
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


def test_two_actors_give_what_the_scanner_gives(
    cluster: None, samples: list[str], scanner: crawlint.Scanner
) -> None:
    root = Path(__file__).resolve().parents[2]
    contents = [(root / name).read_bytes() for name in samples]
    rows: list[dict[str, Any]] = [
        {"id": at, "html": contents[at % len(contents)], "url": f"https://a{at}.example/"}
        for at in range(1_000)
    ]
    rows[5]["html"] = None
    ds = ray.data.from_arrow(pa.Table.from_pylist(rows)).repartition(8)
    judged = crawlint.ray.scan(ds, scanner=scanner, workers=2, batch_size=100)
    found = {row["id"]: row for row in judged.take_all()}
    assert len(found) == len(rows)
    wanted = scanner.scan_many((row["html"] or b"", row["url"]) for row in rows)
    for row, result in zip(rows, wanted, strict=True):
        got = found[row["id"]]
        assert "html" not in got and got["url"] == row["url"]
        if row["html"] is None:
            assert got["verdict"] is None
        else:
            assert (got["verdict"], got["risk"]) == (result.verdict, result.risk)
            assert len(got["findings"]) == len(result.findings)
