"""crawlint on Spark: a DataFrame of pages to a DataFrame of verdicts, in the workers' Python, through
Arrow. Spark 4.0 or later; every worker needs the package (docs/scale.md).

>>> import crawlint.spark                                               # doctest: +SKIP
>>> judged = crawlint.spark.scan(spark.read.parquet("s3://pages/"))     # doctest: +SKIP
>>> judged.groupBy("verdict").count().show()                            # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from . import _engine
from ._scanner import Scanner, _import

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame


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
) -> DataFrame:
    """Judges a page per row.

    Lazy, as all of Spark. Nothing is shuffled: partitions stay as they are, a task judges one, on
    one processor, and is as good as new when it is tried again. A page that cannot be judged is
    `unreadable` and does not end the task.

    Args:
        df: The pages.
        content: Column of the pages, binary (as stored) or string.
        url: Column of their addresses; None where there is none.
        scanner: Rules and settings; default: the built-in rules. It goes to the workers with the
            texts of its packs and settings.
        content_type: Column of the `Content-Type` values.
        path: Column of paths or names.
        keep: Columns that stay; default: all but the pages.
        prefix: What the names of the result's columns begin with.

    Returns:
        The columns kept, and those of `Scanner.scan_batch`; null where a page is null.

    Raises:
        InputError: There is no such column, or two would have one name.
        MissingModuleError: PySpark is not installed.
    """
    _import("pyspark", "crawlint.spark", "spark")
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.types import StructType

    scanner = scanner or Scanner()
    needed = [name for name in (content, url, content_type, path) if name is not None]
    kept = _engine.columns(df.columns, keep, needed, content)
    found = from_arrow_schema(_engine.schema(scanner, kept, prefix))
    # A new type: `df.schema.add` would change that of the DataFrame.
    schema = StructType([*(df.schema[name] for name in kept), *found.fields])

    def judge(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            yield scanner.scan_batch(
                batch,
                content,
                url,
                content_type=content_type,
                path=path,
                keep=kept,
                prefix=prefix,
                threads=1,
            )

    # What is not needed does not go to the workers.
    wanted = dict.fromkeys([*kept, *needed])
    return df.select(*(df[name] for name in wanted)).mapInArrow(judge, schema)
