"""crawlint in datatrove: a filter that drops bad pages, with the reason.

>>> from crawlint.datatrove import CrawlintFilter                       # doctest: +SKIP
>>> pipeline = [reader, CrawlintFilter(exclusion_writer=JsonlWriter("dropped/")), writer]
... # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ._errors import ConfigError
from ._result import VERDICTS, Result, Verdict
from ._scanner import Page, Scanner, _missing

if TYPE_CHECKING:
    from datatrove.data import Document
    from datatrove.pipeline.writers.disk_base import DiskWriter

try:
    from datatrove.pipeline.filters.base_filter import BaseFilter
except ImportError as error:
    raise _missing("crawlint.datatrove", "datatrove", error) from error


class CrawlintFilter(BaseFilter):
    """Drops pages by their verdict.

    The reason of a dropped document is the verdict: in the statistics (`dropped_spam`) and, with an
    exclusion writer, in `metadata["filter_reason"]`. All documents, dropped or not, get
    `crawlint_verdict`, `crawlint_risk` (0 to 100), `crawlint_topics` and `crawlint_rules` (the rules
    that found something) in their metadata. `metadata["url"]`, where there is one, is the address.

    By default `text` is judged, which mostly has been extracted already: hidden elements, links and
    metas are gone. A filter before the extractor, with the HTML, sees more.

    Args:
        drop: Verdicts of documents to be dropped; default: `fail_on` of the scanner, which is
            `injected`, `spam` and `junk` unless settings say otherwise, and `unreadable`.
        content: Key of the metadata that holds the page; default: the document's text.
        scanner: Rules and settings; default: the built-in rules.
        exclusion_writer: Where dropped documents go.
        batch_size: Documents judged by one call, on `threads` threads.
        threads: Default: 1, since datatrove runs a process per task.

    Raises:
        ConfigError: `drop` names no verdict.
    """

    name = "🧹 Crawlint"

    def __init__(
        self,
        drop: Collection[Verdict] | None = None,
        *,
        content: str | None = None,
        scanner: Scanner | None = None,
        exclusion_writer: DiskWriter | None = None,
        batch_size: int = 64,
        threads: int = 1,
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self.scanner = scanner or Scanner()
        self.drop = frozenset(self.scanner.fail_on | {"unreadable"} if drop is None else drop)
        unknown = sorted(self.drop - set(VERDICTS))
        if unknown:
            raise ConfigError(f"there is no verdict `{unknown[0]}`; there are {', '.join(VERDICTS)}")
        self.content = content
        self.threads = threads

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Whether a document is kept, and why not."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Document]) -> list[bool | tuple[bool, str]]:
        """The same for many."""
        results = self.scanner.scan_many(map(self._page, batch), threads=self.threads)
        return [self._decide(doc, result) for doc, result in zip(batch, results)]

    def _page(self, doc: Document) -> Page:
        content = doc.text if self.content is None else doc.metadata.get(self.content)
        # A document without its page is told as what it is: empty.
        return Page(b"" if content is None else content, doc.metadata.get("url"))

    def _decide(self, doc: Document, result: Result) -> bool | tuple[bool, str]:
        doc.metadata["crawlint_verdict"] = result.verdict
        doc.metadata["crawlint_risk"] = result.risk
        doc.metadata["crawlint_topics"] = result.topics
        doc.metadata["crawlint_rules"] = result.rules
        return (False, result.verdict) if result.verdict in self.drop else True
