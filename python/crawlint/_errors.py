"""What can go wrong with a call. Trouble with a page is no exception: it is the verdict `unreadable`."""

from __future__ import annotations

import json
from dataclasses import dataclass


class CrawlintError(Exception):
    """The base of all exceptions of this package."""


@dataclass(frozen=True)
class Problem:
    """A fault in a pack or in settings, and where it stands."""

    file: str
    """The file, or the argument where it was none."""
    line: int
    """Line, from 1."""
    column: int
    """Column, from 1, in characters."""
    rule: str | None
    """The rule it is in."""
    message: str
    """What is wrong."""
    excerpt: str | None
    """The faulty line."""

    def __str__(self) -> str:
        rule = f"{self.rule}: " if self.rule else ""
        return f"{self.file}:{self.line}:{self.column}: {rule}{self.message}"


class _Faulty(CrawlintError, ValueError):
    """A complaint, or all faults of some files at once as the JSON the native part gives."""

    problems: list[Problem]
    """The faults with their places; empty where the fault is in no file."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.problems = [Problem(**one) for one in json.loads(said)] if said.startswith("[{") else []

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems)) or str(self.args[0])


class RulesError(_Faulty):
    """Packs that do not compile; `problems` has every fault with its place."""


class ConfigError(_Faulty):
    """Settings that cannot be: a bad `crawlint.toml`, an unknown topic, rule, filter, field."""


class InputError(CrawlintError, ValueError):
    """Something that cannot be read as pages: no such file, no such column, no Arrow data."""


class UnknownRuleError(CrawlintError, LookupError):
    """There is no rule with this id."""
