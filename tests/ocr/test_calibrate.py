"""Confidence is a probability: fitted, bounded, and never raised by what should lower it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from ocr import calibrate
from ocr.calibrate import FEATURES, PARAMETERS, confidence, features, threshold
from ocr.calibrate.fit import Example, _threshold, calibration_error, fitted
from ocr.calibrate.unsteady import Style, rewritten
from ocr.kinds import KINDS
from ocr.kinds.evidence import Evidence, KindReading
from ocr.kinds.wording import wording
from ocr.reconcile import Settled
from ocr.template import FieldSpec, load_templates
from tests.ocr.writing import written


def settled(p: float, **changes) -> Settled:
    from ocr.decode import Alphabet, Emissions
    letters = Alphabet(("", "3", "8"))
    steps = np.array([[0.0, p, 1 - p], [1.0, 0.0, 0.0]], np.float32)
    reading = KindReading((), Evidence((Emissions(steps, letters),)))
    return replace(Settled((("3", "3", p), ("8", "8", 1 - p)), "3", p, 1, (), reading), **changes)


def test_confidence_is_a_probability_that_grows_with_the_posterior_and_falls_with_objections():
    doubtful, clear = (confidence(settled(p), "count") for p in (0.6, 0.999))
    assert 0 < doubtful < clear < 1
    assert confidence(settled(0.999, flags=("row_sum",)), "count") < clear
    assert confidence(settled(0.999, agreed=0), "count") <= clear


def test_a_kind_nobody_measured_takes_its_doubts_from_all_kinds():
    assert 0 < confidence(settled(0.9), "a kind of tomorrow") < 1


def test_every_template_field_has_a_threshold_that_fits_its_target():
    for template in load_templates().values():
        for spec in (*template.fields, *template.columns):
            assert spec.kind in KINDS
            assert 1 - 5 * spec.target <= threshold(spec) <= 1
    strict, lax = (threshold(FieldSpec("x", (), "date", target=t)) for t in (0.001, 0.005))
    assert strict >= lax


def test_the_stored_parameters_belong_to_the_features_of_this_program():
    stored = json.loads(PARAMETERS.read_text(encoding="utf-8"))
    assert tuple(stored["features"]) == FEATURES == calibrate.FEATURES
    assert len(features(settled(0.9), "count")) == len(FEATURES)
    assert all(len(kind["weights"]) == len(FEATURES) for kind in stored["kinds"].values())


def test_a_doubtful_comma_is_no_doubt_about_the_words():
    place, doubted = FEATURES.index("least"), read_as("同意，返校", (2, "。", 0.5))
    assert features(doubted, "free_text")[place] > features(doubted, "person_name")[place] + 2


def test_a_value_that_no_rule_had_to_choose_says_so():
    place = FEATURES.index("open")
    read = read_as("水寨镇")
    assert features(read, "place")[place] == 1.0
    assert features(replace(read, candidates=(("水寨村", "水寨村", 0.9),)), "place")[place] == 0.0


def test_a_character_is_as_sure_as_all_its_scripts_together():
    place = FEATURES.index("least")
    split, whole = (features(read_as("学費", *doubts), "free_text")[place] for doubts in (((1, "费", 0.5),), ()))
    assert split == pytest.approx(whole, abs=0.05)


def read_as(text: str, *doubts: tuple[int, str, float]) -> Settled:
    evidence = written(text, *doubts)
    return Settled(((text, text, 0.9),), text, 0.9, 0, (), KindReading((), evidence))


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Fields that are right as often as their posterior says, of two kinds, the second never wrong."""
    rng = np.random.default_rng(7)
    made = []
    for number in range(6000):
        p = float(rng.uniform(0.5, 0.999))
        seen = {"log_odds": float(np.log(p / (1 - p))), "least": 2.0, "mean": 2.0, "agreed": 1.0, "length": 1.0}
        own = tuple(seen.get(name, 0.0) for name in FEATURES)
        made.append(Example("count", own, bool(rng.random() < p), str(number % 40)))
        if number % 10 == 0:
            made.append(Example("sex", own, True, str(number % 40)))
    return made


def test_a_fit_gives_back_the_probabilities_it_was_made_of(examples):
    found = fitted(examples)
    assert found["count"]["ece"] < 0.03
    assert found["count"]["weights"][0] > 0.5


def test_a_kind_without_mistakes_stays_below_certainty(examples):
    own = fitted(examples)["sex"]
    assert own["intercept"] < 4


def test_calibration_error_is_nought_for_true_probabilities_and_large_for_boasts():
    rng = np.random.default_rng(3)
    p = rng.uniform(0, 1, 20000)
    assert calibration_error(p, (rng.random(20000) < p).astype(float)) < 0.02
    assert calibration_error(np.full(1000, 0.99), (rng.random(1000) < 0.7).astype(float)) > 0.2


def test_a_threshold_keeps_the_target_among_many_and_lets_no_mistake_in_among_few():
    many, few = np.linspace(0.999, 0.99, 3000), np.linspace(0.9999, 0.99, 90)
    right = np.ones(3000)
    right[[400, 1500]] = 0
    kept = many >= _threshold(many, right, 0.005)
    assert kept.sum() > 1500
    assert (1 - right[kept]).mean() <= 0.005
    wrong = np.arange(90) != 60
    assert few[60] < _threshold(few, wrong.astype(float), 0.001)


def test_words_that_make_sense_count_for_a_text_and_unheard_of_ones_against_it():
    assert wording("free_text", "感谢老师关心") > wording("free_text", "感谢老师关必")
    assert wording("place", "高山镇赵寨村5组") > wording("place", "高山真赵寨材5组")
    assert wording("count", "31") == 0


def test_another_hand_writes_the_same_in_its_own_size_and_leaves_specks_alone():
    rng = np.random.default_rng(1)
    crop = np.full((40, 120, 3), 250, np.uint8)
    crop[10:30, 20:24] = crop[10:30, 60:64] = 20
    styles = [Style.of(rng) for _ in range(6)]
    drawn = [rewritten(crop, style, rng) for style in styles]
    assert all(each.dtype == np.uint8 and each.min() < 160 < each.max() for each in drawn)
    assert len({each.shape for each in drawn}) > 1
    assert rewritten(crop[:6], styles[0], rng).shape == (6, 120, 3)
