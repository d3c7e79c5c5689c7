"""What the adapters of engines share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._errors import InputError
from ._scanner import Scanner, _import

if TYPE_CHECKING:
    import pyarrow


def columns(
    names: Sequence[str], keep: Sequence[str] | None, needed: Sequence[str | None], content: str
) -> list[str]:
    """The columns kept: those asked for, else all but the pages. All that are named must be there."""
    kept = [name for name in names if name != content] if keep is None else list(keep)
    for name in (*needed, *kept):
        if name is not None and name not in names:
            raise InputError(f"there is no column `{name}`; there are {', '.join(names)}")
    return kept


def schema(scanner: Scanner, kept: Sequence[str], prefix: str) -> pyarrow.Schema:
    """The columns of results, which must not have the name of a column kept."""
    arrow = _import("pyarrow", "an engine", "arrow")
    empty: Any = arrow.record_batch({"page": arrow.array([], arrow.binary())})
    found = scanner.scan_batch(empty, "page", prefix=prefix).schema
    twice = [name for name in kept if name in found.names]
    if twice:
        raise InputError(f"two columns would be called `{twice[0]}`: give a prefix")
    return found
