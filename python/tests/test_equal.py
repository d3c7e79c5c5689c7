"""Results equal the command's."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from common import PACK, ROOT, Command

import crawlint


def test_all_samples_by_path(scanner: crawlint.Scanner, command: Command) -> None:
    results = scanner.scan_path("samples")
    assert [result.to_dict() for result in results] == command("samples")


def test_all_samples_as_bytes(
    scanner: crawlint.Scanner, command: Command, samples: list[str]
) -> None:
    wanted = command(*samples)
    assert len(wanted) == len(samples) >= 69
    pages = [crawlint.Page(Path(name).read_bytes(), path=name) for name in samples]
    assert [result.to_dict() for result in scanner.scan_many(pages, threads=3)] == wanted
    for page, one in zip(pages, wanted, strict=True):
        assert scanner.scan(page.content, path=page.path).to_dict() == one


def test_all_samples_as_a_batch(
    scanner: crawlint.Scanner, samples: list[str], tmp_path: Path, command: Command
) -> None:
    """The columns are those of the command's Parquet file."""
    file = tmp_path / "results.parquet"
    command(*samples, "-o", str(file))
    wanted = pq.read_table(file).drop_columns(["path", "url", "record", "offset", "date"])
    batch = pa.record_batch(
        {"html": [Path(name).read_bytes() for name in samples], "name": samples}
    )
    found = scanner.scan_batch(batch, path="name")
    assert found.schema.names == wanted.schema.names
    assert found.schema.types == wanted.schema.types
    assert found.to_pylist() == wanted.to_pylist()


@pytest.mark.parametrize("options", [{"signals": True}, {"profile": "c4"}, {"max_bytes": 2000}])
def test_options(options: dict[str, object], command: Command, samples: list[str]) -> None:
    flags = {"signals": ["--signals"], "profile": ["--profile", "c4"]}
    flags["max_bytes"] = ["--max-bytes", "2000"]
    scanner = crawlint.Scanner(**options)  # type: ignore[arg-type]
    arguments = [flag for option in options for flag in flags[option]]
    found = [result.to_dict() for result in scanner.scan_path(samples)]
    assert found == command(*samples, *arguments)


CONFIG = """
languages = ["en"]
packs = ["packs"]
[policy]
gambling = "spam"
[rules]
"damage/" = "off"
LNK = 0.5
[thresholds]
junk = 90
[gate]
fail_on = ["spam"]
baseline = "known.json"
[limits]
max_bytes = "9k"
[[override]]
paths = ["injected/**"]
policy = { gambling = "ignore" }
[[allow]]
rule = "meta/"
paths = ["samples/spam/*"]
reason = "a test"
"""

def test_settings_mean_the_same(tmp_path: Path, command: Command) -> None:
    config = tmp_path / "crawlint.toml"
    config.write_text(CONFIG)
    (tmp_path / "packs/deep").mkdir(parents=True)
    (tmp_path / "packs/deep/mine.toml").write_text(PACK)
    known = {"schema": "crawlint-baseline/1", "findings": []}
    for finding in command("samples/junk")[0]["findings"]:
        known["findings"].append({key: finding[key] for key in ("fingerprint", "rule", "text")})  # type: ignore[attr-defined]
    (tmp_path / "known.json").write_text(json.dumps(known))
    scanner = crawlint.Scanner(config=config)
    wanted = command("samples", "--config", str(config))
    assert [result.to_dict() for result in scanner.scan_path("samples")] == wanted
    text = json.dumps(wanted)
    for sign in ("mine/bread", "unexpected_language", "policy:gambling", '"by": "allow"',
                 '"by": "baseline"', "too-large"):
        assert sign in text, f"the settings do nothing about {sign}"
    assert scanner.fail_on == {"spam"}
    # Arguments win.
    assert crawlint.Scanner(config=config, max_bytes=1 << 20).max_bytes == 1 << 20


def test_containers(
    scanner: crawlint.Scanner, command: Command, samples: list[str], tmp_path: Path
) -> None:
    rows = [
        {"html": Path(name).read_bytes().decode("utf-8", "replace"), "url": f"https://a.example/{at}"}
        for at, name in enumerate(samples)
    ]
    lines = "\n".join(json.dumps(row) for row in rows) + '\n{"html": null}\n{"html": "cut'
    (tmp_path / "pages.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "pages.parquet")
    (tmp_path / "crawl.warc").write_bytes(b"".join(_response(row) for row in rows))
    for name in ("pages.jsonl.gz", "pages.parquet", "crawl.warc"):
        scan = scanner.scan_file(tmp_path / name)
        found = [result.to_dict() for result in scan]
        assert found == command(str(tmp_path / name)), name
        assert len(found) >= len(samples), name
        assert scan.skipped == {
            "pages.jsonl.gz": {"no-text": 1}, "pages.parquet": {}, "crawl.warc": {"request": 69}
        }[name]


def _response(row: dict[str, str]) -> bytes:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + row["html"].encode()
    records = []
    for kind, content in (("request", b"GET / HTTP/1.1\r\n\r\n"), ("response", body)):
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {row['url']}\r\n"
            f"WARC-Record-ID: <urn:uuid:{kind}-{row['url'][-2:]}>\r\n"
            f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        records.append(head.encode() + content + b"\r\n\r\n")
    return b"".join(records)


def test_strip_equals_the_commands_results(
    scanner: crawlint.Scanner, command: Command, tmp_path: Path
) -> None:
    page = ROOT / "samples/injected/footer-casino-anchors.html"
    stripped = scanner.strip(page.read_bytes(), path=page.name)
    assert stripped.is_clean and not stripped.hollow and stripped.removed
    assert isinstance(stripped.content, bytes)
    (tmp_path / page.name).write_bytes(stripped.content)
    assert stripped.after.to_dict() == command(page.name, cwd=tmp_path)[0]
    assert stripped.before.verdict == "injected"
    assert isinstance(scanner.strip(page.read_text()).content, str)
