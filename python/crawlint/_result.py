"""Results: what a page was judged to be, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from . import _html

if TYPE_CHECKING:
    import pandas

Verdict: TypeAlias = Literal[
    "clean", "damaged", "suspicious", "injected", "spam", "junk", "unreadable"
]

VERDICTS: tuple[Verdict, ...] = (
    "clean",
    "damaged",
    "suspicious",
    "injected",
    "spam",
    "junk",
    "unreadable",
)
"""All verdicts, from good to bad."""


class Span(NamedTuple):
    """A half-open range of bytes."""

    start: int
    end: int


class SourceSpan(NamedTuple):
    """A place in the page as it was given: bytes, and lines and columns from 1.

    Of a page given as `str`, bytes are those of its UTF-8 form; columns always are characters.
    """

    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Finding:
    """One place where a rule applies."""

    rule: str
    """Id of the rule; `Scanner.explain` says more."""
    family: str
    """Kind of evidence: `LEX` words, `INJ` injected edges, `HID` hidden text …"""
    db: float
    """What it adds to the risk, in decibans."""
    damage: int
    """What it says about damage, 0 to 100."""
    junk: int
    """What it says about junk, 0 to 100."""
    zone: str
    """Where on the page: `title`, `body`, `footer`, `hidden` …"""
    span: Span
    """Bytes in the page's text."""
    source_span: SourceSpan
    """Bytes, line and column in the page as it was given."""
    text: str
    """The text found, on one line, at most 240 characters."""
    message: str
    """What was found, as a clause."""
    fingerprint: str
    """What it is, wherever it stands: 32 hexadecimal digits."""
    suppressed: dict[str, str] | None = None
    """Why it does not count (`by`, `reason`); None where it does."""
    baseline_state: str | None = None
    """`new` or `unchanged`; None where there is no baseline."""

    @staticmethod
    def _of(data: dict[str, Any]) -> Finding:
        return Finding(
            rule=data["rule"],
            family=data["family"],
            db=data["db"],
            damage=data.get("damage", 0),
            junk=data.get("junk", 0),
            zone=data["zone"],
            span=Span(**data["span"]),
            source_span=SourceSpan(**data["source_span"]),
            text=data["text"],
            message=data["message"],
            fingerprint=data["fingerprint"],
            suppressed=data.get("suppressed"),
            baseline_state=data.get("baseline_state"),
        )


class Result:
    """The judgement on one page: the same as a line of `crawlint scan --format jsonl`.

    Two results are equal when those lines are. Results are small, hold nothing of the page but
    the texts of the findings, and can be pickled. In a notebook they show their findings.
    """

    def __init__(self, line: bytes) -> None:
        """Takes a result as JSON, such as a line of `crawlint scan --format jsonl`."""
        self._line = bytes(line).rstrip(b"\r\n")

    @cached_property
    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self._line)
        return data

    @property
    def verdict(self) -> Verdict:
        """The judgement, one of `crawlint.VERDICTS`."""
        verdict: Verdict = self._data["verdict"]
        return verdict

    @property
    def risk(self) -> int:
        """Probability that the page carries spam or injected text, in percent, 0 to 100."""
        return int(self._data["risk"])

    @property
    def risk_db(self) -> float:
        """The same as log-odds in decibans: +10 multiplies the odds by ten."""
        return float(self._data["risk_db"])

    @property
    def damage(self) -> int:
        """How far the text was damaged on its way, 0 (intact) to 100 (ruined)."""
        return int(self._data["damage"])

    @property
    def junk(self) -> int:
        """How far the page is something other than content, 0 to 100."""
        return int(self._data["junk"])

    @property
    def topics(self) -> list[str]:
        """Topics the page is about or advertises, sorted."""
        return list(self._data["topics"])

    @property
    def labels(self) -> list[str]:
        """Other properties, sorted: `copy`, `prompt_injection` …"""
        return list(self._data["labels"])

    @property
    def headline(self) -> str:
        """One sentence on the main causes."""
        return str(self._data["headline"])

    @property
    def language(self) -> str:
        """Language of most of the text, as ISO 639-1, or `und`."""
        return str(self._data["language"]["main"])

    @property
    def format(self) -> str:
        """What the page was read as: `html`, `markdown`, `text`, `json` or `xml`."""
        return str(self._data["format"])

    @property
    def charset(self) -> str:
        """Character encoding the page was read with."""
        return str(self._data["charset"])

    @property
    def path(self) -> str:
        """Path of the page or of its container; empty where it was given as a value."""
        return str(self._data["source"]["path"])

    @property
    def url(self) -> str | None:
        """Address of the page, where known."""
        return self._source("url")

    @property
    def record(self) -> str | None:
        """Name of the record inside its container."""
        return self._source("record")

    @property
    def date(self) -> str | None:
        """When the page was fetched, as the container has it."""
        return self._source("date")

    @property
    def offset(self) -> int | None:
        """Where the record begins in its file as stored, in bytes."""
        offset = self._data["source"].get("offset")
        return None if offset is None else int(offset)

    def _source(self, key: str) -> str | None:
        value = self._data["source"].get(key)
        return None if value is None else str(value)

    @property
    def reason(self) -> str | None:
        """Why the page is `unreadable`, in one word: `empty`, `binary`, `too-large` …"""
        reason = self._data.get("reason")
        return None if reason is None else str(reason["code"])

    @cached_property
    def findings(self) -> list[Finding]:
        """The evidence, in the order of its places."""
        return [Finding._of(finding) for finding in self._data["findings"]]

    @property
    def rules(self) -> list[str]:
        """Ids of the rules with a finding that counts, each once, sorted."""
        return sorted({finding.rule for finding in self.findings if finding.suppressed is None})

    @property
    def signals(self) -> dict[str, float] | None:
        """Quality signals by name; only of a scanner with `signals=True`."""
        signals = self._data.get("signals")
        return None if signals is None else dict(signals)

    @property
    def profile(self) -> dict[str, Any] | None:
        """Decision of a public filter (`name`, `keep`, `reason`); only with `profile=`."""
        profile = self._data.get("profile")
        return None if profile is None else dict(profile)

    def to_dict(self) -> dict[str, Any]:
        """The result as a new dictionary, as docs/report.md describes it."""
        data: dict[str, Any] = json.loads(self._line)
        return data

    def to_json(self) -> str:
        """The result on one line, without a line break."""
        return self._line.decode()

    def to_pandas(self) -> pandas.DataFrame:
        """The findings as a data frame, one row each; columns as the fields of `Finding`, places
        as `line`, `column`, `start` and `end` (bytes of the page). Needs pandas.
        """
        import pandas as frames

        rows = [
            {
                "rule": finding.rule,
                "family": finding.family,
                "db": finding.db,
                "damage": finding.damage,
                "junk": finding.junk,
                "zone": finding.zone,
                "line": finding.source_span.line,
                "column": finding.source_span.column,
                "start": finding.source_span.start,
                "end": finding.source_span.end,
                "text": finding.text,
                "message": finding.message,
                "suppressed": (finding.suppressed or {}).get("by"),
            }
            for finding in self.findings
        ]
        frame: pandas.DataFrame = frames.DataFrame(rows, columns=_FINDING_COLUMNS)
        return frame

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Result) and self._line == other._line

    def __hash__(self) -> int:
        return hash(self._line)

    def __reduce__(self) -> tuple[type[Result], tuple[bytes]]:
        return Result, (self._line,)

    def __repr__(self) -> str:
        name = self.url or self.record or self.path
        about = f" {name!r}" if name else ""
        return f"<Result {self.verdict}{about}: {self.headline}>"

    def _repr_html_(self) -> str:
        return _html.result(self._data)


_FINDING_COLUMNS = [
    *("rule", "family", "db", "damage", "junk", "zone", "line", "column", "start", "end"),
    *("text", "message", "suppressed"),
]

_PAGE_COLUMNS = [
    *("path", "url", "record", "date", "format", "charset", "language", "verdict", "risk"),
    *("risk_db", "damage", "junk", "topics", "labels", "reason", "rules", "headline"),
]


def to_pandas(results: Iterable[Result]) -> pandas.DataFrame:
    """Results as a data frame, one row per page; `topics`, `labels` and `rules` are lists.

    Needs pandas. Of a whole crawl, read Parquet instead: `crawlint scan -o results.parquet`.
    """
    import pandas as frames

    rows = [[getattr(result, name) for name in _PAGE_COLUMNS] for result in results]
    frame: pandas.DataFrame = frames.DataFrame(rows, columns=_PAGE_COLUMNS)
    return frame


@dataclass(frozen=True)
class Removed:
    """Something `strip` took out of a page."""

    source_span: SourceSpan
    """Where it stood in the page as it was given."""
    rules: list[str]
    """Ids of the rules that asked for it, sorted."""
    text: str
    """The source text taken out, at most 240 characters."""


@dataclass(frozen=True)
class Stripped:
    """A page without its foreign parts."""

    content: bytes | str
    """What is left: `str` if the page was given so, else bytes in its own encoding."""
    removed: list[Removed]
    """What was taken out, in order of its place."""
    hollow: bool
    """Whether nothing a reader sees is left: the page was spam as a whole."""
    is_clean: bool
    """Whether what is left is a page, and clean or damaged."""
    before: Result
    """The judgement on the page as it was."""
    after: Result
    """The judgement on what is left."""


@dataclass(frozen=True)
class Rule:
    """What a rule finds and why it matters."""

    id: str
    family: str
    detector: str
    pack: str
    summary: str
    why: str
    advice: str | None
    guard: str | None
    since: str | None
    topic: str | None
    label: str | None
    weight: float
    """What settings multiply its weight with: 1 as its pack says, 0 switched off."""

    def __str__(self) -> str:
        parts = [
            (f"{self.id}  {self.detector}", None),
            ("Finds", self.summary),
            ("Why it matters", self.why),
            ("What to do", self.advice),
            ("What keeps it off good pages", self.guard),
        ]
        return "\n\n".join(
            title if text is None else f"{title}\n  {text}"
            for title, text in parts
            if text is not None or title.startswith(self.id)
        )
