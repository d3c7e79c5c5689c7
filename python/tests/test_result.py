"""Results: what they show, and what becomes of hostile pages."""

from __future__ import annotations

import json
import pickle
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

import crawlint

INJECTED = "samples/injected/footer-casino-anchors.html"


def test_a_result_converts(scanner: crawlint.Scanner) -> None:
    result = scanner.scan(Path(INJECTED).read_bytes(), url="https://a.example/x", path=INJECTED)
    data = result.to_dict()
    assert json.loads(result.to_json()) == data
    assert result == crawlint.Result(result.to_json().encode() + b"\n")
    assert pickle.loads(pickle.dumps(result)) == result and len({result, result}) == 1
    assert (result.verdict, result.risk, result.topics) == ("injected", 100, ["gambling"])
    assert (result.url, result.path, result.record) == ("https://a.example/x", INJECTED, None)
    assert repr(result).startswith("<Result injected 'https://a.example/x': Links to other sites")
    data["verdict"] = "clean"
    assert result.verdict == "injected"


def test_findings_lead_to_their_bytes(scanner: crawlint.Scanner) -> None:
    content = Path(INJECTED).read_bytes()
    result = scanner.scan(content)
    finding = next(one for one in result.findings if one.rule == "links/commercial-anchors")
    place = finding.source_span
    assert finding.text.encode() in content[place.start : place.end]
    assert content[: place.start].count(b"\n") + 1 == place.line
    assert abs(sum(one.db for one in result.findings) - result.risk_db) < 60
    assert finding.rule in result.rules


def test_data_frames(scanner: crawlint.Scanner) -> None:
    results = list(scanner.scan_path("samples/injected"))
    frame = crawlint.to_pandas(results)
    assert list(frame.verdict) == [result.verdict for result in results]
    assert frame.rules.explode().dropna().nunique() > 3
    findings = results[0].to_pandas()
    assert list(findings.rule) == [finding.rule for finding in results[0].findings]
    clean = scanner.scan("Fresh bread every morning from six, except on Mondays.")
    assert isinstance(clean.to_pandas(), pd.DataFrame) and "rule" in clean.to_pandas().columns


class Tags(HTMLParser):
    """Elements of a text, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


OWN = {"div", "b", "span", "br", "code", "table", "thead", "tbody", "tr", "th", "td", "mark",
       "details", "summary"}


def test_html_of_all_samples_is_our_own_markup(scanner: crawlint.Scanner) -> None:
    marked = 0
    for result in scanner.scan_path("samples"):
        html = result._repr_html_()
        tags = Tags(html)
        assert set(tags.seen) <= OWN and tags.attributes <= {"class", "style"}, html
        assert not re.search("[\u0000-\u0009\u200b-\u200f\u202a-\u202e\ufeff]", html)
        marked += tags.seen.count("mark")
        assert result.verdict in tags.text
    assert marked > 50


def test_html_of_a_hostile_page_is_escaped(scanner: crawlint.Scanner) -> None:
    page = (
        "<title>casino bonus &lt;script>alert(1)&lt;/script></title>"
        "<p>online casino &lt;img src=x onerror=alert(1)> casino bonus \u202e free spins, casino "
        "bonus, online slots"
    )
    result = scanner.scan(page, url="https://a.example/<script>\"'")
    assert any("<" in finding.text for finding in result.findings)
    html = result._repr_html_()
    assert "<script" not in html and "<img" not in html and "\u202e" not in html
    assert "&lt;script&gt;" in html


def test_adult_text_is_masked(scanner: crawlint.Scanner) -> None:
    page = "<title>Escort girls tonight</title>" + "<p>escort service, call girls, porn videos. " * 9
    result = scanner.scan(page)
    assert "adult" in result.topics
    html = result._repr_html_()
    shown, masked = html.split("<details>", 1)
    assert "porn videos" in masked and "porn videos" not in shown and "Escort girls" not in shown
    assert "<details>" not in scanner.scan(Path(INJECTED).read_bytes())._repr_html_()
