"""The compiled part: plain values in, results as JSON out. Use `crawlint.Scanner`."""

from collections.abc import Sequence
from typing import Any, TypeAlias, final

__all__ = ["VERSION", "Files", "Scanner", "read_config"]

VERSION: str

# Content, URL, content type, path.
_Page: TypeAlias = tuple[bytes | bytearray | str, str | None, str | None, str]

def read_config(name: str, text: str) -> str: ...
@final
class Scanner:
    def __new__(cls, spec: str) -> Scanner: ...
    @property
    def max_bytes(self) -> int: ...
    def scan(self, page: _Page) -> bytes: ...
    def scan_many(self, pages: Sequence[_Page], threads: int) -> list[bytes]: ...
    def scan_files(self, paths: Sequence[str], options: str) -> Files: ...
    def scan_batch(
        self,
        data: Any,
        content: str,
        url: str | None,
        content_type: str | None,
        path: str | None,
        threads: int,
    ) -> Any: ...
    def strip(self, page: _Page) -> tuple[bytes, str, bytes, bytes]: ...
    def rules(self) -> str: ...

@final
class Files:
    def next(self, most: int, threads: int) -> list[bytes | str] | None: ...
