"""The headings of altered forms, out of altered_words.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tests.press.chance import pick, share


@cache
def words() -> dict[str, Any]:
    """The headings in altered_words.yaml."""
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("altered_words.yaml").read_text("utf-8"))
    return found


def worded(rng: np.random.Generator, choice: dict[str, list[str]], split: str) -> str:
    """One of the headings; the held split takes half of them from those no other split has."""
    return pick(rng, choice["held"] if split == "held" and share(rng, 0.5) else choice["common"])
