"""The scanner."""

from __future__ import annotations

import difflib
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from . import _native
from ._errors import ConfigError, CrawlintError, InputError, RulesError, UnknownRuleError
from ._result import Removed, Result, Rule, SourceSpan, Stripped, Verdict

if TYPE_CHECKING:
    import pyarrow

StrPath: TypeAlias = "str | os.PathLike[str]"
Content: TypeAlias = "bytes | bytearray | memoryview | str"
_NativePage: TypeAlias = "tuple[bytes | bytearray | str, str | None, str | None, str]"

_AHEAD = 16
"""Pages taken at a time, per thread."""
_AHEAD_BYTES = 64 << 20
"""Bytes of pages at which no more are taken."""
_FAIL_ON: tuple[Verdict, ...] = ("injected", "spam", "junk")


class Page(NamedTuple):
    """A page and what is known of it."""

    content: Content
    """`bytes` as stored, in any encoding, or `str`."""
    url: str | None = None
    """Address of the page."""
    content_type: str | None = None
    """`Content-Type` of the HTTP answer, with its charset."""
    path: str = ""
    """Path or name: settings may say something for it, and its ending tells of the format."""


class Scanner:
    """Judges pages. Built once, used for all: building takes some 15 ms, a page about 1.

    A scanner does not change, may be used by many threads at a time, and can be pickled: the texts
    of its packs and settings go with it, so that other machines need none of the files. No thread
    outlives a call, so processes may be forked.

    Args:
        rules: Packs in force beside the built-in ones: a path or paths of TOML files or folders of
            such, or a mapping of names to TOML texts.
        config: Path of a `crawlint.toml`, with the meaning it has for the command: packs, policies,
            weights, thresholds, overrides, accepted findings, baseline, limits. None is searched
            for. Arguments win over it.
        languages: Languages expected, as codes; a page in another gets the label
            `unexpected_language`.
        default_rules: Whether the built-in packs are in force.
        policy: What happens to pages about a topic: `ignore`, `label`, `suspicious` or `spam`.
        baseline: Path of a baseline: findings known before do not count.
        max_bytes: Largest page, in bytes; larger ones are `unreadable`. Default: 32 MiB.
        signals: Whether results carry quality signals.
        profile: A public filter whose decision results carry: `c4`, `gopher`, `fineweb` …
        trust_inline: Whether comments in pages may accept findings. Only for sources you trust.
        threads: Pages judged at a time by calls for many. Default: one per processor.

    Raises:
        RulesError: A pack does not compile; all faults are told.
        ConfigError: The settings, or an argument, name something that is not there.
        InputError: A file cannot be read.
    """

    def __init__(
        self,
        rules: StrPath | Iterable[StrPath] | Mapping[str, str] | None = None,
        config: StrPath | None = None,
        languages: Sequence[str] | None = None,
        *,
        default_rules: bool = True,
        policy: Mapping[str, str] | None = None,
        baseline: StrPath | None = None,
        max_bytes: int | None = None,
        signals: bool = False,
        profile: str | None = None,
        trust_inline: bool = False,
        threads: int | None = None,
    ) -> None:
        if isinstance(languages, str):
            raise TypeError("languages is a list of codes, not a str")
        packs: list[tuple[str, str]] = []
        said: dict[str, Any] = {}
        named: tuple[str, str] | None = None
        if config is not None:
            name = os.fspath(config)
            named = (name, _text_of(name, "the settings"))
            said = json.loads(_native.read_config(*named))
            folder = Path(name).parent
            packs += _packs([os.fspath(folder / pack) for pack in said["packs"] or []])
            if baseline is None and said["baseline"] is not None:
                baseline = folder / said["baseline"]
        packs += _packs(rules)
        default_rules = default_rules and said.get("builtin") is not False
        if not default_rules and not packs:
            raise RulesError("no rules are left: give a pack, or leave default_rules on")
        max_bytes = _positive("max_bytes", max_bytes, (1 << 30) - 1) or said.get("max_bytes")
        spec = {
            "packs": packs,
            "default_rules": default_rules,
            "config": named,
            "languages": None if languages is None else list(languages),
            "policy": list((policy or {}).items()),
            "baseline": None if baseline is None else _text_of(baseline, "the baseline"),
            "max_bytes": max_bytes,
            "signals": signals,
            "profile": profile,
            "trust_inline": trust_inline,
        }
        fail_on = said.get("fail_on")
        self._restore(
            json.dumps(spec),
            _positive("threads", threads, 1024) or said.get("jobs"),
            _FAIL_ON if fail_on is None else tuple(fail_on),
        )

    def _restore(self, spec: str, threads: int | None, fail_on: tuple[Verdict, ...]) -> None:
        self._state = (spec, threads, fail_on)
        self._native = _native.Scanner(spec)

    def __reduce__(self) -> tuple[Callable[..., Scanner], tuple[Any, ...]]:
        return _restored, (type(self), *self._state)

    @property
    def threads(self) -> int:
        """Pages judged at a time by calls for many."""
        return self._state[1] or _processors()

    @property
    def max_bytes(self) -> int:
        """Largest page that is judged, in bytes."""
        return self._native.max_bytes

    @property
    def fail_on(self) -> frozenset[Verdict]:
        """Verdicts of pages not to be kept: `gate.fail_on` of the settings, else injected, spam
        and junk."""
        return frozenset(self._state[2])

    def scan(
        self,
        content: Content,
        url: str | None = None,
        content_type: str | None = None,
        *,
        path: str = "",
    ) -> Result:
        """Judges a page. Whatever it is, a result comes out: what cannot be judged (empty, binary,
        too large) is `unreadable`. Takes about 1 ms for 100 kB, without the GIL.

        Args:
            content: The page: HTML, Markdown, text, JSON, XML. `bytes` as stored, in any encoding;
                of a `str` any charset that the page or `content_type` names is passed over.
            url: Its address: tells own links from foreign ones.
            content_type: `Content-Type` of the HTTP answer.
            path: Its path or name.

        Raises:
            TypeError: `content` is neither bytes nor str.
        """
        return Result(self._native.scan(_page(Page(content, url, content_type, path))))

    def scan_many(
        self, pages: Iterable[Content | Page | tuple[Any, ...]], *, threads: int | None = None
    ) -> Iterator[Result]:
        """Judges pages as they come, on many threads; results come in the order of the pages.

        Lazy: no more than 16 pages per thread, or 64 MiB, are held. Ctrl-C ends it after the pages
        in work.

        Args:
            pages: Contents, or tuples with the fields of `Page`, of which only the first is needed.
            threads: Default: that of the scanner.

        Raises:
            TypeError: An element is no page.
        """
        threads = _positive("threads", threads, 1024) or self.threads
        return self._many(iter(pages), threads)

    def _many(
        self, pages: Iterator[Content | Page | tuple[Any, ...]], threads: int
    ) -> Iterator[Result]:
        waiting: list[_NativePage] = []
        size = 0
        for page in pages:
            waiting.append(_page(page))
            size += len(waiting[-1][0])
            if len(waiting) == _AHEAD * threads or size >= _AHEAD_BYTES:
                yield from map(Result, self._native.scan_many(waiting, threads))
                waiting, size = [], 0
        yield from map(Result, self._native.scan_many(waiting, threads))

    def scan_path(
        self,
        paths: StrPath | Iterable[StrPath],
        *,
        fields: str | None = None,
        input_format: str | None = None,
        respect_ignore: bool = False,
        url: str | None = None,
        threads: int | None = None,
    ) -> Scan:
        """Judges all pages of files and folders, as the command does: single pages, WARC, ARC, zip,
        tar, WACZ, JSON lines, Parquet, each compressed or not (docs/inputs.md).

        Memory is bounded by the pages in work. What cannot be read is a result, too.

        Args:
            paths: A path, or paths; folders are searched.
            fields: Fields of JSON lines and Parquet: `text=article.body,url=link`.
            input_format: What every file is: `page`, `warc`, `jsonl` … Default: told by its bytes.
            respect_ignore: Leave out what `.gitignore` and `.ignore` files name.
            url: Address of pages whose container has none.
            threads: Default: that of the scanner.

        Returns:
            An iterator of results, in a fixed order; its `skipped` counts what is no page.

        Raises:
            InputError: A path does not exist.
            ConfigError: There are no such fields, no such format.
        """
        named = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
        names = [os.fspath(path) for path in named]
        for name in names:
            if not os.path.lexists(name):
                raise InputError(f"{name} does not exist")
        options = {
            "fields": fields,
            "input_format": input_format,
            "respect_ignore": respect_ignore,
            "url": url,
        }
        files = self._native.scan_files(names, json.dumps(options))
        return Scan(files, _positive("threads", threads, 1024) or self.threads)

    def scan_file(self, path: StrPath, **options: Any) -> Scan:
        """Judges the page in a file, or all pages of a dump: as `scan_path`, but not of a folder.

        Raises:
            InputError: There is no such file, or it is a folder.
        """
        if os.path.isdir(path):
            raise InputError(f"{os.fspath(path)} is a folder; scan_path takes it")
        return self.scan_path(path, **options)

    def scan_batch(
        self,
        data: pyarrow.RecordBatch | pyarrow.Table,
        content: str = "html",
        url: str | None = None,
        *,
        content_type: str | None = None,
        path: str | None = None,
        keep: Sequence[str] = (),
        prefix: str = "",
        threads: int | None = None,
    ) -> pyarrow.RecordBatch:
        """Judges a page per row. Pages are read where they lie in Arrow's buffers, not copied.

        Args:
            data: A record batch or table, or anything else that gives Arrow data by the PyCapsule
                interface, such as a Polars data frame.
            content: Column of the pages: binary or string in any layout, dictionaries as well.
            url: Column of their addresses.
            content_type: Column of the `Content-Type` values of the HTTP answers.
            path: Column of their paths or names.
            keep: Columns of `data`, a batch or a table, to stand before those of the result.
            prefix: What the names of the result's columns begin with.
            threads: Default: that of the scanner.

        Returns:
            A batch with as many rows, in the same order: the columns of docs/outputs.md, without
            `path`, `url`, `record`, `offset` and `date`. Where `content` is null, so are they.

        Raises:
            InputError: There is no such column, it holds no bytes or text, or two columns would
                have one name.
        """
        arrow = _import("pyarrow", "scan_batch", "arrow")
        number = _positive("threads", threads, 1024) or self.threads
        if keep and not all(hasattr(data, name) for name in ("column", "schema")):
            raise InputError("keep= takes columns of a pyarrow RecordBatch or Table")
        kept = [_column(data, name) for name in keep]
        found = self._native.scan_batch(data, content, url, content_type, path, number)
        rows = found.select([name for name in found.schema.names if name not in _SOURCE])
        names = [*keep, *(prefix + name for name in rows.schema.names)]
        twice = [name for name in keep if names.count(name) > 1]
        if twice:
            raise InputError(f"two columns would be called `{twice[0]}`: give a prefix")
        columns = [*kept, *rows.columns]
        batch: pyarrow.RecordBatch = arrow.RecordBatch.from_arrays(columns, names=names)
        return batch

    def strip(
        self,
        content: Content,
        url: str | None = None,
        content_type: str | None = None,
        *,
        path: str = "",
    ) -> Stripped:
        """Takes out what carries evidence of spam, and leaves the rest as it is: `crawlint strip`.

        Raises:
            TypeError: `content` is neither bytes nor str.
        """
        left, told, before, after = self._native.strip(_page(Page(content, url, content_type, path)))
        data = json.loads(told)
        return Stripped(
            content=left.decode() if isinstance(content, str) else left,
            removed=[
                Removed(SourceSpan(**one["source_span"]), one["rules"], one["text"])
                for one in data["removed"]
            ],
            hollow=data["hollow"],
            is_clean=data["is_clean"],
            before=Result(before),
            after=Result(after),
        )

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules in force, by id."""
        return {rule["id"]: Rule(**rule) for rule in json.loads(self._native.rules())}

    def explain(self, rule: str) -> Rule:
        """What a rule finds and why it matters. `print` shows it as text.

        Raises:
            UnknownRuleError: There is no such rule; those with similar ids are named.
        """
        known = self.rules.get(rule)
        if known is None:
            near = ", ".join(difflib.get_close_matches(rule, self.rules, 5, 0.5))
            raise UnknownRuleError(
                f"there is no rule `{rule}`" + (f"; near to it are {near}" if near else "")
            )
        return known

    def __repr__(self) -> str:
        return f"<Scanner of {len(self.rules)} rules>"


class Scan(Iterator[Result]):
    """The results of files and folders, as they are made; see `Scanner.scan_path`. For one thread
    at a time; a second one that asks meanwhile gets a `ValueError`."""

    skipped: dict[str, int]
    """How much was seen that is no page, by what it is: `request`, `image` …"""

    def __init__(self, files: _native.Files, threads: int) -> None:
        self.skipped = {}
        self._files = files
        self._threads = threads
        self._waiting: Iterator[Result] = iter(())

    def __next__(self) -> Result:
        while True:
            for result in self._waiting:
                return result
            seen = self._files.next(_AHEAD * self._threads, self._threads)
            if seen is None:
                raise StopIteration
            for one in seen:
                if isinstance(one, str):
                    self.skipped[one] = self.skipped.get(one, 0) + 1
            self._waiting = iter([Result(one) for one in seen if isinstance(one, bytes)])


_SOURCE = ("path", "url", "record", "offset", "date")
"""Columns that only results of files have."""


def _restored(
    kind: type[Scanner], spec: str, threads: int | None, fail_on: tuple[Verdict, ...]
) -> Scanner:
    scanner = kind.__new__(kind)
    scanner._restore(spec, threads, fail_on)
    return scanner


def _page(page: Content | Page | tuple[Any, ...]) -> _NativePage:
    content, url, content_type, path = Page(*page) if isinstance(page, tuple) else Page(page)
    if isinstance(content, memoryview):
        content = content.tobytes()
    if not isinstance(content, (bytes, bytearray, str)):
        raise TypeError(f"a page is bytes or str, not {type(content).__name__}")
    return content, url, content_type, path


def _packs(
    rules: StrPath | Iterable[StrPath] | Mapping[str, str] | None,
) -> list[tuple[str, str]]:
    """Names and texts of packs; folders are searched for `*.toml`, sorted."""
    if rules is None:
        return []
    if isinstance(rules, Mapping):
        return list(rules.items())
    packs = []
    for path in [rules] if isinstance(rules, (str, os.PathLike)) else rules:
        name = os.fspath(path)
        if not os.path.isdir(name):
            packs.append((name, _text_of(name, "the rules")))
            continue
        found = sorted(
            os.path.join(folder, file)
            for folder, _, files in os.walk(name)
            for file in files
            if file.endswith(".toml")
        )
        if not found:
            raise InputError(f"{name} holds no pack: packs are files named *.toml")
        packs += [(file, _text_of(file, "the rules")) for file in found]
    return packs


def _text_of(path: StrPath, what: str) -> str:
    try:
        return Path(path).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {what} in {os.fspath(path)}: {error}") from error


def _positive(name: str, value: int | None, most: int) -> int | None:
    if value is not None and not 1 <= value <= most:
        raise ConfigError(f"{name} is from 1 to {most}, not {value}")
    return value


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _column(data: Any, name: str) -> Any:
    if name not in data.schema.names:
        raise InputError(f"there is no column `{name}`; there are {', '.join(data.schema.names)}")
    column = data.column(name)
    # Columns of a table come in chunks.
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column


def _import(module: str, what: str, extra: str) -> Any:
    """A module that only some calls need."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(what, extra, error) from error


class MissingModuleError(CrawlintError, ImportError):
    """A call needs a package that is not installed; the message says how to install it."""


def _missing(what: str, extra: str, error: ImportError) -> MissingModuleError:
    return MissingModuleError(f"{what} needs more ({error}): pip install 'crawlint[{extra}]'")
