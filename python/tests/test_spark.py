"""Spark, with an application master and two executors in processes of their own."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import crawlint
import crawlint.spark

pytest.importorskip("pyspark", reason="PySpark is not installed")

ROWS = 5_000
PARTITIONS = 8
NULL, CORRUPT = 1_234, 2_345


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "200")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("FATAL")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def pages(samples: list[str]) -> list[tuple[int, bytes | None, str]]:
    root = Path(__file__).resolve().parents[2]
    contents: list[bytes | None] = [(root / name).read_bytes() for name in samples]
    rows = [(at, contents[at % len(contents)], f"https://a{at}.example/") for at in range(ROWS)]
    rows[NULL] = (NULL, None, "https://null.example/")
    rows[CORRUPT] = (CORRUPT, b"\x1f\x8b\x08\x00" + bytes(range(256)) * 8, "https://gone.example/")
    return rows


def test_a_cluster_gives_what_the_scanner_gives(
    spark: Any, pages: list[Any], scanner: crawlint.Scanner, tmp_path: Path
) -> None:
    """Also where a worker is killed in the middle of its partition."""
    marker = str(tmp_path / "killed")

    def killed_once(batches: Iterator[Any]) -> Iterator[Any]:
        from pyspark import TaskContext

        context = TaskContext.get()
        assert context is not None
        for number, batch in enumerate(batches):
            if context.partitionId() == 3 and context.attemptNumber() == 0 and number == 1:
                Path(marker).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    df = spark.createDataFrame(pages, "id long, html binary, url string").repartition(PARTITIONS)
    df = df.mapInArrow(killed_once, df.schema)
    judged = crawlint.spark.scan(df, scanner=scanner)
    assert judged.rdd.getNumPartitions() == PARTITIONS
    found = {row["id"]: row.asDict(recursive=True) for row in judged.collect()}
    assert Path(marker).exists(), "no worker was killed"
    assert len(found) == ROWS
    wanted = scanner.scan_many((html or b"", url) for _, html, url in pages)
    for (at, html, url), result in zip(pages, wanted, strict=True):
        row = found[at]
        assert row["url"] == url and "html" not in row
        if html is None:
            assert {row[name] for name in row if name not in ("id", "url")} == {None}
            continue
        assert (row["verdict"], row["risk"], row["risk_db"], row["headline"]) == (
            result.verdict, result.risk, result.risk_db, result.headline,
        )
        assert [finding["rule"] for finding in row["findings"]] == [
            finding.rule for finding in result.findings
        ]
    assert (found[CORRUPT]["verdict"], found[CORRUPT]["reason_code"]) == ("unreadable", "binary")


def test_settings_go_to_the_workers(spark: Any, tmp_path: Path) -> None:
    """The files they came from are not there any more when the work begins."""
    config = tmp_path / "crawlint.toml"
    config.write_text('languages = ["fr"]\n')
    scanner = crawlint.Scanner(config=config)
    config.unlink()
    text = (
        "The baker opens the shop every morning at six and sells fresh bread until it is gone. "
        "Whoever comes late has to wait for the next day, or walks to the other end of the village."
    )
    df = spark.createDataFrame([(text,)], "text string")
    judged = crawlint.spark.scan(df, "text", None, scanner=scanner, prefix="lint_")
    assert [row.asDict()["lint_labels"] for row in judged.collect()] == [["unexpected_language"]]


def test_complaints(spark: Any) -> None:
    df = spark.createDataFrame([("x", 1)], "html string, risk int")
    with pytest.raises(crawlint.InputError, match="no column `url`; there are html, risk"):
        crawlint.spark.scan(df)
    with pytest.raises(crawlint.InputError, match="two columns would be called `risk`"):
        crawlint.spark.scan(df, url=None)
    assert crawlint.spark.scan(df, url=None, keep=[]).columns[0] == "format"
