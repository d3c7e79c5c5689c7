"""The linter for scraped pages.

>>> import crawlint
>>> scanner = crawlint.Scanner()
>>> scanner.scan("<title>Bakery</title><p>Fresh bread every morning from six.").verdict
'clean'

`crawlint.spark`, `crawlint.ray`, `crawlint.daft` and `crawlint.datatrove` bring it to engines.
"""

from . import _native
from ._errors import (
    ConfigError,
    CrawlintError,
    InputError,
    Problem,
    RulesError,
    UnknownRuleError,
)
from ._result import (
    VERDICTS,
    Finding,
    Removed,
    Result,
    Rule,
    SourceSpan,
    Span,
    Stripped,
    Verdict,
    to_pandas,
)
from ._scanner import MissingModuleError, Page, Scan, Scanner

__version__ = _native.VERSION

__all__ = [
    "VERDICTS",
    "ConfigError",
    "CrawlintError",
    "Finding",
    "InputError",
    "MissingModuleError",
    "Page",
    "Problem",
    "Removed",
    "Result",
    "Rule",
    "RulesError",
    "Scan",
    "Scanner",
    "SourceSpan",
    "Span",
    "Stripped",
    "UnknownRuleError",
    "Verdict",
    "to_pandas",
]
