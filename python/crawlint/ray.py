"""crawlint on Ray Data: actors hold the scanner, blocks come as Arrow.

>>> import ray, crawlint.ray                                            # doctest: +SKIP
>>> judged = crawlint.ray.scan(ray.data.read_parquet("s3://pages/"))    # doctest: +SKIP
>>> judged.filter(expr="verdict == 'clean'").write_parquet("clean/")    # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import _engine
from ._scanner import Scanner, _import

if TYPE_CHECKING:
    import pyarrow
    from ray.data import Dataset


def scan(
    ds: Dataset,
    content: str = "html",
    url: str | None = "url",
    *,
    scanner: Scanner | None = None,
    content_type: str | None = None,
    path: str | None = None,
    keep: Sequence[str] | None = None,
    prefix: str = "",
    workers: int | tuple[int, int] = 1,
    batch_size: int = 512,
    **options: Any,
) -> Dataset:
    """Judges a page per row.

    Args:
        ds: The pages.
        content: Column of the pages, binary (as stored) or string.
        url: Column of their addresses; None where there is none.
        scanner: Rules and settings; default: the built-in rules.
        content_type: Column of the `Content-Type` values.
        path: Column of paths or names.
        keep: Columns that stay; default: all but the pages.
        prefix: What the names of the result's columns begin with.
        workers: Actors, or the least and the most of them. Each takes one processor; leave at least
            one to the tasks that read, or the pipeline waits for ever.
        batch_size: Rows handed to an actor at a time.
        options: Further arguments of `Dataset.map_batches`, such as `memory`.

    Returns:
        The columns kept, and those of `Scanner.scan_batch`; null where a page is null.

    Raises:
        MissingModuleError: Ray Data is not installed.
    """
    _import("ray.data", "crawlint.ray", "ray")
    from ray.data import ActorPoolStrategy

    least, most = (workers, workers) if isinstance(workers, int) else workers
    arguments = {
        "scanner": scanner or Scanner(),
        "content": content,
        "url": url,
        "content_type": content_type,
        "path": path,
        "keep": keep,
        "prefix": prefix,
    }
    return ds.map_batches(
        _Judge,
        batch_format="pyarrow",
        batch_size=batch_size,
        compute=ActorPoolStrategy(min_size=least, max_size=most),
        fn_constructor_kwargs=arguments,
        **options,
    )


class _Judge:
    """Runs in an actor."""

    def __init__(
        self, scanner: Scanner, content: str, keep: Sequence[str] | None, **arguments: Any
    ) -> None:
        self._scanner = scanner
        self._content = content
        self._keep = keep
        self._arguments = arguments

    def __call__(self, table: pyarrow.Table) -> pyarrow.Table:
        arrow = _import("pyarrow", "crawlint.ray", "ray")
        kept = _engine.columns(table.schema.names, self._keep, [self._content], self._content)
        batch = self._scanner.scan_batch(
            table, self._content, keep=kept, threads=1, **self._arguments
        )
        found: pyarrow.Table = arrow.Table.from_batches([batch])
        return found
