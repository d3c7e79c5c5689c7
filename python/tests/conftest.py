"""What tests share: the scanner, the samples, and the command to compare with."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from common import ROOT, Command

import crawlint


@pytest.fixture(scope="session")
def samples() -> list[str]:
    """Paths of the sample pages, from the root of the repository."""
    lines = (ROOT / "samples/manifest.jsonl").read_text().splitlines()
    return [f"samples/{json.loads(line)['file']}" for line in lines]


@pytest.fixture(autouse=True, scope="session")
def _in_the_root() -> None:
    """Away from the sources, too, which workers of engines would import from where they start."""
    os.chdir(ROOT)


@pytest.fixture(scope="session")
def scanner() -> crawlint.Scanner:
    return crawlint.Scanner()


@pytest.fixture(scope="session")
def command() -> Command:
    """Runs `crawlint scan` with arguments; gives its results."""
    named = os.environ.get("CRAWLINT")
    built = [ROOT / f"target/{profile}/crawlint" for profile in ("debug", "release")]
    program = named or next((str(path) for path in built if path.exists()), None)
    assert program, "build the command first (cargo build), or name it in CRAWLINT"

    def run(*arguments: str, cwd: Path = ROOT) -> list[dict[str, Any]]:
        line = [program, "scan", *arguments, "--format", "jsonl", "--no-progress"]
        if "--config" not in arguments:
            line.append("--no-config")
        done = subprocess.run(line, cwd=cwd, capture_output=True, check=False)
        assert done.returncode in (0, 1, 2), done.stderr.decode()
        assert done.stdout or "-o" in arguments, done.stderr.decode()
        return [json.loads(row) for row in done.stdout.splitlines()]

    return run
