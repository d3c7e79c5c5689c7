"""The scanner as users meet it: arguments, errors, threads, signals, processes."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from common import PACK

import crawlint

SPAM = "<title>Online casino bonus</title><p>Free spins, casino bonus, online slots, casino bonus."


def test_text_and_bytes_agree(scanner: crawlint.Scanner, samples: list[str]) -> None:
    for name in samples:
        content = Path(name).read_bytes()
        try:
            text = content.decode()
        except UnicodeDecodeError:
            continue
        # Of text no declared charset counts.
        if "declared" not in name:
            assert scanner.scan(text, path=name) == scanner.scan(content, path=name), name


def test_a_declared_charset_does_not_count_for_text(scanner: crawlint.Scanner) -> None:
    page = '<meta charset="gbk"><title>面包店</title><p>每天早上六点卖新鲜的面包，星期一休息。'
    assert scanner.scan(page).charset == "utf-8"
    assert scanner.scan(page, content_type="text/html; charset=iso-2022-jp").charset == "utf-8"
    assert scanner.scan(page.encode("gbk")).charset == "gbk"


def test_lone_surrogates_are_no_error(scanner: crawlint.Scanner) -> None:
    result = scanner.scan("Fresh bread \ud800 every morning from six.")
    assert result.verdict in crawlint.VERDICTS and result.charset == "utf-8"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\x89PNG\r\n\x1a\n" + bytes(64), "binary"), (b"x" * 5000, "too-large")],
)
def test_what_cannot_be_judged_is_unreadable(content: bytes, reason: str) -> None:
    result = crawlint.Scanner(max_bytes=4000).scan(content)
    assert (result.verdict, result.reason) == ("unreadable", reason)


def test_any_bytes_like(scanner: crawlint.Scanner) -> None:
    wanted = scanner.scan(SPAM.encode())
    assert scanner.scan(bytearray(SPAM.encode())) == wanted
    assert scanner.scan(memoryview(SPAM.encode())) == wanted
    for wrong in (None, 3, ["x"]):
        with pytest.raises(TypeError, match="bytes or str"):
            scanner.scan(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        list(scanner.scan_many([SPAM, 3]))  # type: ignore[list-item]


def test_many_is_lazy_and_keeps_the_order(scanner: crawlint.Scanner) -> None:
    taken = 0

    def pages() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield ("Fresh bread every morning.", f"https://a.example/{taken}")

    results = scanner.scan_many(pages(), threads=2)  # type: ignore[arg-type]
    assert taken == 0
    addresses = [next(results).url for _ in range(100)]
    assert addresses == [f"https://a.example/{at}" for at in range(1, 101)]
    assert taken <= 100 + 32


def test_rules_from_text_and_file(tmp_path: Path) -> None:
    page = "Fresh bread every morning."
    (tmp_path / "mine.toml").write_text(PACK)
    for rules in ({"mine.toml": PACK}, tmp_path, [tmp_path / "mine.toml"], str(tmp_path)):
        only = crawlint.Scanner(rules, default_rules=False)
        assert list(only.rules) == ["mine/bread"]
        assert only.scan(page).rules == ["mine/bread"]
    # The text went along: the file is not needed any more.
    scanner = pickle.loads(pickle.dumps(crawlint.Scanner(tmp_path / "mine.toml")))
    assert "mine/bread" in scanner.scan(page).rules


def test_faults_have_places() -> None:
    with pytest.raises(crawlint.RulesError) as rules:
        crawlint.Scanner({"mine.toml": '[pack]\nname = "x"\nsumary = ""\n'})
    assert (rules.value.problems[0].file, rules.value.problems[0].line) == ("mine.toml", 3)
    assert str(rules.value).startswith("mine.toml:3:1: ")
    with pytest.raises(crawlint.ConfigError, match="gamblin"):
        crawlint.Scanner(policy={"gamblin": "spam"})
    with pytest.raises(crawlint.ConfigError, match="there is no policy `sapm`"):
        crawlint.Scanner(policy={"gambling": "sapm"})
    with pytest.raises(crawlint.ConfigError, match="there is no filter"):
        crawlint.Scanner(profile="c5")
    with pytest.raises(crawlint.ConfigError, match="threads is from 1 to 1024"):
        crawlint.Scanner(threads=0)
    with pytest.raises(crawlint.ConfigError, match="max_bytes"):
        crawlint.Scanner(max_bytes=0)
    with pytest.raises(crawlint.RulesError, match="no rules are left"):
        crawlint.Scanner(default_rules=False)
    with pytest.raises(TypeError):
        crawlint.Scanner(languages="en")


@pytest.mark.parametrize(
    "text", ["languges = []", "[policy]\ngamblin = 'spam'", "[limits]\njobs = 0",
             "[limits]\nmax_bytes = '3 parsecs'", "not toml"]
)
def test_faults_of_settings(tmp_path: Path, text: str) -> None:
    config = tmp_path / "crawlint.toml"
    config.write_text(text)
    with pytest.raises(crawlint.ConfigError) as fault:
        crawlint.Scanner(config=config)
    assert fault.value.problems[0].file == str(config)
    assert isinstance(pickle.loads(pickle.dumps(fault.value)), crawlint.ConfigError)


def test_what_is_not_there(scanner: crawlint.Scanner, tmp_path: Path) -> None:
    for call in (
        lambda: scanner.scan_path("no/such/folder"),
        lambda: scanner.scan_file("samples"),
        lambda: crawlint.Scanner("no/such.toml"),
        lambda: crawlint.Scanner(config="no/such.toml"),
        lambda: crawlint.Scanner(baseline="no/such.json"),
        lambda: crawlint.Scanner(tmp_path),
    ):
        with pytest.raises(crawlint.InputError):
            call()
    with pytest.raises(crawlint.ConfigError, match="txt"):
        scanner.scan_path("samples", fields="txt=body")
    with pytest.raises(crawlint.ConfigError, match="warcc"):
        scanner.scan_path("samples", input_format="warcc")
    assert list(scanner.scan_path(tmp_path)) == []


def test_explain(scanner: crawlint.Scanner) -> None:
    rule = scanner.explain("damage/eaten-numbers")
    assert rule.family == "DMG" and rule.weight == 1
    assert rule.why in str(rule)
    with pytest.raises(crawlint.UnknownRuleError, match="damage/eaten-numbers"):
        scanner.explain("damage/eaten-number")
    assert crawlint.Scanner(config=None).rules.keys() == scanner.rules.keys()


def test_the_interpreter_is_free_during_a_call(scanner: crawlint.Scanner) -> None:
    """A call of many seconds lets another thread run all the while."""
    page = ("Fresh bread every morning from six, except on Mondays. " * 20 + "\n") * 4000
    done = threading.Event()
    worker = threading.Thread(target=lambda: (scanner.scan(page), done.set()))
    worker.start()
    turns = 0
    while not done.is_set():
        time.sleep(0.001)
        turns += 1
    worker.join()
    assert turns > 20


INTERRUPTED = """
import crawlint, sys
scanner = crawlint.Scanner(threads=2)
page = open("samples/spam/{name}", "rb").read() * 20
print("ready", flush=True)
try:
    {call}
except KeyboardInterrupt:
    sys.exit(42)
"""


@pytest.mark.parametrize(
    "call",
    [
        "[None for _ in scanner.scan_many(page for _ in range(10**9))]",
        "scanner._native.scan_many([(page, None, None, '')] * 10**5, 2)",
        "__import__('pyarrow'); import pyarrow as pa; "
        "scanner.scan_batch(pa.record_batch({'html': [page] * 3000}))",
    ],
)
def test_ctrl_c_ends_a_long_call(call: str, samples: list[str]) -> None:
    name = next(Path(name).name for name in samples if name.startswith("samples/spam/"))
    code = INTERRUPTED.format(name=name, call=call)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"ready\n"
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 42


def test_processes_may_be_forked(scanner: crawlint.Scanner) -> None:
    """Also after the scanner has used threads, and those who fork may build scanners again."""
    list(scanner.scan_many([SPAM] * 40, threads=4))
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.map_async(_in_child, [scanner] * 4).get(timeout=60)
    assert found == [scanner.scan(SPAM)] * 4


def _in_child(scanner: crawlint.Scanner) -> crawlint.Result:
    return list(crawlint.Scanner().scan_many([SPAM] * 9, threads=2))[-1]


def test_a_scan_is_read_by_one_thread_at_a_time(scanner: crawlint.Scanner, tmp_path: Path) -> None:
    """Nothing is lost in silence: each page comes once, or somebody is told."""
    page = (SPAM + " Fresh bread every morning from six.\n") * 400
    for at in range(64):
        (tmp_path / f"{at:02}.html").write_text(page)
    files = scanner.scan_path(tmp_path)._files
    told: list[str] = []

    def read() -> None:
        try:
            files.next(64, 2)
        except ValueError as error:
            told.append(str(error))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
        time.sleep(0.05)
    for reader in readers:
        reader.join()
    assert told == ["another thread is reading this scan"]
    assert files.next(64, 2) is None
