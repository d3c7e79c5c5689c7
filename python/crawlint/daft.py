"""crawlint on Daft.

>>> import daft, crawlint.daft                                          # doctest: +SKIP
>>> judged = crawlint.daft.scan(daft.read_parquet("s3://pages/"))       # doctest: +SKIP
>>> judged.where(judged["verdict"] == "clean").write_parquet("clean/")  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import _engine
from ._scanner import Scanner, _import

if TYPE_CHECKING:
    import pyarrow
    from daft import DataFrame, Series


def scan(
    df: DataFrame,
    content: str = "html",
    url: str | None = "url",
    *,
    scanner: Scanner | None = None,
    content_type: str | None = None,
    path: str | None = None,
    keep: Sequence[str] | None = None,
    prefix: str = "",
    batch_size: int = 512,
) -> DataFrame:
    """Judges a page per row.

    Args:
        df: The pages.
        content: Column of the pages, binary (as stored) or string.
        url: Column of their addresses; None where there is none.
        scanner: Rules and settings; default: the built-in rules.
        content_type: Column of the `Content-Type` values.
        path: Column of paths or names.
        keep: Columns that stay; default: all but the pages.
        prefix: What the names of the result's columns begin with.
        batch_size: Rows judged at a time, by one worker.

    Returns:
        The columns kept, and those of `Scanner.scan_batch`; null where a page is null.

    Raises:
        InputError: There is no such column, or two would have one name.
        MissingModuleError: Daft is not installed.
    """
    daft = _import("daft", "crawlint.daft", "daft")
    arrow = _import("pyarrow", "crawlint.daft", "daft")
    scanner = scanner or Scanner()
    roles = {"content": content, "url": url, "content_type": content_type, "path": path}
    named = {role: name for role, name in roles.items() if name is not None}
    kept = _engine.columns(df.column_names, keep, list(named.values()), content)
    kind = arrow.struct(list(_engine.schema(scanner, kept, prefix)))
    order = list(named)

    def judge(*columns: Series) -> pyarrow.StructArray:
        pages = arrow.table(dict(zip(order, (column.to_arrow() for column in columns))))
        batch = scanner.scan_batch(
            pages, **{role: role for role in order}, prefix=prefix, threads=1
        )
        found: pyarrow.StructArray = batch.to_struct_array()
        return found

    judged = daft.func.batch(
        return_dtype=daft.DataType.from_arrow_type(kind), unnest=True, batch_size=batch_size
    )(judge)
    result: DataFrame = df.select(
        *(df[name] for name in kept), judged(*(df[name] for name in named.values()))
    )
    return result
