"""Arrow batches."""

from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
import pytest

import crawlint

PAGES = ["Fresh bread every morning.", None, "<p>casino bonus, online casino, free spins, slots"]


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(),
     pa.binary_view()],
    ids=str,
)
def test_layouts(scanner: crawlint.Scanner, kind: pa.DataType) -> None:
    values = PAGES if "string" in str(kind) else [page and page.encode() for page in PAGES]
    batch = pa.record_batch({"html": pa.array(values, kind)})
    found = scanner.scan_batch(batch)
    assert isinstance(found, pa.RecordBatch)
    wanted = [None if page is None else scanner.scan(page).verdict for page in PAGES]
    assert found.column("verdict").to_pylist() == wanted
    assert all(column[1].as_py() is None for column in found.columns)
    # A slice begins elsewhere in the same buffers.
    assert scanner.scan_batch(batch.slice(2)).column("verdict").to_pylist() == wanted[2:]


def test_dictionaries(scanner: crawlint.Scanner) -> None:
    column = pa.array([*PAGES, PAGES[0]]).dictionary_encode()
    found = scanner.scan_batch(pa.record_batch({"html": column}))
    plain = scanner.scan_batch(pa.record_batch({"html": column.cast(pa.string())}))
    assert found == plain and found.column("verdict").null_count == 1
    none = pa.array([None, None], pa.string()).dictionary_encode()
    assert scanner.scan_batch(pa.record_batch({"html": none})).column("risk").null_count == 2


def test_tables_and_their_chunks(scanner: crawlint.Scanner) -> None:
    one = pa.table({"html": PAGES, "id": [1, 2, 3]})
    table = pa.concat_tables([one, one, one.slice(1)])
    found = scanner.scan_batch(table, keep=["id"], prefix="x_", threads=2)
    assert found.num_rows == 8 and found.schema.names[:3] == ["id", "x_format", "x_charset"]
    assert found.column("id").to_pylist() == [1, 2, 3, 1, 2, 3, 2, 3]
    assert scanner.scan_batch(one.slice(0, 0)).num_rows == 0
    assert scanner.scan_batch(one.slice(0, 0)).schema == scanner.scan_batch(one).schema


def test_other_columns_of_a_page(scanner: crawlint.Scanner) -> None:
    page = "每天早上六点卖新鲜的面包，星期一休息。".encode("gbk")
    batch = pa.record_batch(
        {"body": [page], "address": ["https://a.example/"], "type": ["text/plain; charset=gbk"]}
    )
    found = scanner.scan_batch(batch, "body", "address", content_type="type")
    assert found.column("charset").to_pylist() == ["gbk"]
    assert found.column("headline")[0].as_py() == scanner.scan(page, None, "text/plain").headline


def test_complaints(scanner: crawlint.Scanner) -> None:
    batch = pa.record_batch({"html": PAGES, "n": [1, 2, 3], "risk": [1, 2, 3]})
    for call, told in [
        (lambda: scanner.scan_batch(batch, "text"), "no column `text`; there are html, n, risk"),
        (lambda: scanner.scan_batch(batch, "n"), "column `n` is Int64, not binary or string"),
        (lambda: scanner.scan_batch(batch, url="uri"), "no column `uri`"),
        (lambda: scanner.scan_batch(batch, keep=["m"]), "no column `m`"),
        (lambda: scanner.scan_batch(batch, keep=["risk"]), "two columns would be called `risk`"),
        (lambda: scanner.scan_batch({"html": PAGES}), "dict has no `__arrow_c_stream__`"),
    ]:
        with pytest.raises(crawlint.InputError, match=told):
            call()


COPY = """
import resource, sys
import pyarrow as pa
import crawlint
scanner = crawlint.Scanner(threads=1)
scanner.scan_batch(pa.record_batch({"html": ["warm"]}))
# Blank pages are judged at once, so that nothing but the way there costs memory.
column = pa.Array.from_buffers(
    pa.large_binary(), 4,
    [None, pa.py_buffer(bytes().join((at << 26).to_bytes(8, "little") for at in range(5))),
     pa.py_buffer(b" " * (4 << 26))],
)
batch = pa.record_batch({"html": column})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = scanner.scan_batch(batch)
assert found.column("reason_code").to_pylist() == ["empty"] * 4, found
# Bytes on macOS, KiB elsewhere.
unit = 1 if sys.platform == "darwin" else 1024
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit)
"""


def test_pages_are_not_copied() -> None:
    """256 MiB of pages; the memory in use rises by a small part of that."""
    done = subprocess.run([sys.executable, "-c", COPY], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 32 << 20


def test_memory_of_batches_is_given_back(scanner: crawlint.Scanner) -> None:
    before = pa.total_allocated_bytes()
    for _ in range(20):
        scanner.scan_batch(pa.record_batch({"html": ["x" * 100_000] * 10}))
    assert pa.total_allocated_bytes() - before < 1 << 20
