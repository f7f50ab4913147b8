"""Which lines of a place are read, and how finely."""

from __future__ import annotations

import pytest

from ocr.looks import SKIMMED, WHOLE, looked
from ocr.pipeline.lines import without_specks
from tests.ocr.writing import written

A4 = (1654, 2339)


def test_dust_under_running_text_is_no_line_of_it():
    first, last = (0.2, 0.70, 0.8, 0.72), (0.2, 0.73, 0.24, 0.75)
    speck, specks = (0.5, 0.78, 0.505, 0.784), (0.3, 0.80, 0.7, 0.802)
    assert without_specks((first, last, speck, specks), A4) == (first, last)


@pytest.mark.parametrize(("seen", "fewest", "looks"), [
    (written("李", sure=0.97), 2, [SKIMMED, WHOLE]), (written("李少", sure=0.97), 2, [SKIMMED]),
    (written("李少", sure=0.4), 2, [SKIMMED, WHOLE]), (written("8", sure=0.97), 1, [SKIMMED]),
    (written("同意，", (2, "。", 0.6), sure=0.9), 1, [SKIMMED]), (written("/", sure=0.97), 1, [SKIMMED]),
    (written(""), 1, [SKIMMED, WHOLE]),
])
def test_a_line_is_looked_at_again_where_a_character_is_doubtful_or_missing(seen, fewest, looks):
    asked = []

    def ask(crops, look):
        asked.extend([look] * len(crops))
        return [seen.joined] * len(crops)

    looked(ask, [None], SKIMMED, 0.5, fewest)
    assert asked == looks
