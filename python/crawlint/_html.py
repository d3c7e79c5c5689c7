"""A result as HTML for notebooks. Pages are hostile: every text of theirs is escaped, characters
that cannot be seen or turn the reading direction are shown by their codes."""

from __future__ import annotations

import unicodedata
from html import escape
from typing import Any

_MOST = 50
"""Findings shown."""

_COLOURS = {
    "clean": "#2e7d32",
    "damaged": "#6d4c41",
    "suspicious": "#b26a00",
    "injected": "#c62828",
    "spam": "#c62828",
    "junk": "#5f6368",
    "unreadable": "#5f6368",
}

_ADULT = "Adult text is masked: open to show it"


def result(data: dict[str, Any]) -> str:
    """The verdict, the headline, and a table of the findings."""
    verdict = str(data["verdict"])
    adult = "adult" in data["topics"]
    source = data["source"]
    name = source.get("url") or source.get("record") or source["path"]
    headline = str(data["headline"])
    if adult:
        # Headlines may quote the title.
        headline = headline.split(" in “")[0]
    scores = " · ".join(f"{axis} {data[axis]}" for axis in ("risk", "damage", "junk"))
    head = (
        f'<div><b style="color:{_COLOURS.get(verdict, "inherit")}">{_text(verdict)}</b> '
        f'<span style="opacity:.75">{scores}</span>'
        + (f" <code>{_text(name)}</code>" if name else "")
        + f"<br>{_text(headline)}</div>"
    )
    findings = sorted(
        data["findings"], key=lambda f: (-f["db"], -f.get("damage", 0), -f.get("junk", 0))
    )
    if not findings:
        return f'<div class="crawlint">{head}</div>'
    rows = "".join(map(_row, findings[:_MOST]))
    more = len(findings) - _MOST
    rest = f"<div>… and {more} more</div>" if more > 0 else ""
    columns = "".join(f"<th>{name}</th>" for name in ("place", "rule", "worth", "zone", "found"))
    table = f"<table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>{rest}"
    if adult:
        table = f"<details><summary>{_ADULT}</summary>{table}</details>"
    return f'<div class="crawlint">{head}{table}</div>'


def _row(finding: dict[str, Any]) -> str:
    place = finding["source_span"]
    worth = [f"{finding['db']:+.1f} dB"] if finding["db"] else []
    worth += [f"{axis} {finding[axis]}" for axis in ("damage", "junk") if finding.get(axis)]
    if finding.get("suppressed"):
        worth = [f"suppressed ({finding['suppressed']['by']})"]
    text = f"<mark>{_text(finding['text'])}</mark><br>" if finding["text"] else ""
    cells = (
        f"{place['line']}:{place['column']}",
        f"<code>{_text(finding['rule'])}</code>",
        _text(", ".join(worth)),
        _text(finding["zone"]),
        f'{text}<span style="opacity:.75">{_text(finding["message"])}</span>',
    )
    return "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells) + "</tr>"


def _text(text: str) -> str:
    shown = (
        f"[U+{ord(char):04X}]" if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs") else char
        for char in text
    )
    return escape("".join(shown))
