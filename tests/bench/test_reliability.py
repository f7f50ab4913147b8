"""The reliability diagram says what the readings were."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tests.bench.reliability import points, svg, write
from tests.bench.scoring import Outcome


def outcome(kind, confidence, right):
    return Outcome("s", "home_visit", "photo", "f", kind, "a", "a" if right else "b", confidence, confidence > 0.9)


JUDGED = [*(outcome("age", 0.95, n > 0) for n in range(10)), *(outcome("sex", 0.55, n > 4) for n in range(10))]


def test_each_point_is_the_mean_confidence_the_share_right_and_the_number_of_its_bin():
    assert points(JUDGED) == [(pytest.approx(0.55), 0.5, 10), (pytest.approx(0.95), 0.9, 10)]


def test_the_picture_has_a_panel_for_all_and_for_each_kind_with_its_error():
    words = "".join(ET.fromstring(svg(JUDGED, "held <sheets>")).itertext())
    assert all(name in words for name in ("all", "age", "sex", "held <sheets>"))
    assert words.count("calibration error 0.050") == 3


def test_the_picture_is_written_where_it_is_asked_for(tmp_path):
    write(tmp_path / "deep" / "r.svg", JUDGED, "t")
    assert (tmp_path / "deep" / "r.svg").read_text(encoding="utf-8").startswith("<svg")
