"""What tests share that is no fixture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

Command = Callable[..., list[dict[str, Any]]]

PACK = """
[pack]
name = "mine"
summary = "Words of a test"

[[rule]]
id = "mine/bread"
detector = "LEX-90"
summary = "bread"
why = "A test."
keywords = ["bread"]
db = 3.0
bad = ["Fresh bread every morning."]
good = ["Fresh rolls every morning."]
"""
