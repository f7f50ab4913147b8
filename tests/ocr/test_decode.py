"""Decoding against brute force: every alignment of small alphabets is added up by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ocr.decode import Alphabet, Emissions, Lattice, best_path, forward
from ocr.decode.folds import DIGITS, LOOKS_LIKE_DIGIT, folded
from ocr.decode.search import search
from ocr.kinds.grammar import Digits, Lexicon

SYMBOLS = ("0", "1", "2")


@st.composite
def lattices(draw, symbols=SYMBOLS):
    steps = draw(st.integers(1, 5))
    raw = draw(arrays(np.float64, (steps, len(symbols) + 1), elements=st.floats(0.01, 1.0)))
    return Lattice(raw / raw.sum(axis=1, keepdims=True), symbols)


def collapsed(path, symbols):
    return "".join(symbols[c - 1] for c, before in zip(path, (0, *path[:-1]), strict=True) if c and c != before)


def by_brute_force(lattice):
    """The probability of every text: the sum over all paths that collapse to it."""
    found = {}
    for path in itertools.product(range(lattice.steps.shape[1]), repeat=len(lattice.steps)):
        p = math.prod(float(lattice.steps[t, c]) for t, c in enumerate(path))
        text = collapsed(path, lattice.symbols)
        found[text] = found.get(text, 0.0) + p
    return found


@settings(max_examples=60, deadline=None)
@given(lattices())
def test_forward_adds_up_exactly_the_paths_that_collapse_to_a_text(lattice):
    every = by_brute_force(lattice)
    texts = [*every, "0120120"]
    found = forward(lattice, texts)
    for text, log_p in zip(texts, found, strict=True):
        assert math.exp(log_p) == pytest.approx(every.get(text, 0.0), rel=1e-6, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(lattices())
def test_a_search_wide_enough_finds_the_best_texts_of_the_grammar_with_their_probabilities(lattice):
    grammar = Digits(1, 3, zero_first=1.0)
    every = {text: p for text, p in by_brute_force(lattice).items() if 1 <= len(text) <= 3}
    found = search(lattice, grammar, beams=1000, unseen=0.0, hopeless=1e-10)
    assert {h.text for h in found} == set(every)
    for hypothesis in found:
        assert math.exp(hypothesis.log_p) == pytest.approx(every[hypothesis.text], rel=1e-6)
    if found:
        assert found[0].text == max(every, key=lambda text: every[text]) or len(every) > 1


@settings(max_examples=40, deadline=None)
@given(lattices(), st.sets(st.text("012", min_size=1, max_size=3), min_size=1, max_size=6))
def test_a_lexicon_ranks_its_texts_by_prior_times_likelihood(lattice, texts):
    weights = {text: 1.0 / (rank + 1) for rank, text in enumerate(sorted(texts))}
    every = by_brute_force(lattice)
    found = Lexicon(weights).read(lattice)
    for hypothesis in found:
        expected = every.get(hypothesis.text, 0.0) * weights[hypothesis.text]
        assert math.exp(hypothesis.log_p) == pytest.approx(expected, rel=1e-6, abs=1e-12)
    assert [h.log_p for h in found] == sorted((h.log_p for h in found), reverse=True)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(0, 30), st.just(4)), elements=st.floats(0, 1)))
def test_no_numbers_whatever_make_the_search_fail(raw):
    for hypothesis in search(Lattice(raw, SYMBOLS), Digits(1, 18), beams=4):
        assert math.isfinite(hypothesis.log_p)


ALPHABET = Alphabet(("", "0", "O", "1", "l", "费", "費", "，", " ", "永"))


def emissions(*steps):
    rows = np.zeros((len(steps), len(ALPHABET.characters)), np.float32)
    for row, step in zip(rows, steps, strict=True):
        for character, p in step.items():
            row[ALPHABET.index[character]] = p
    return Emissions(rows, ALPHABET)


def test_letters_that_look_like_digits_count_as_digits():
    lattice = folded(emissions({"O": 0.9, "0": 0.05}, {"": 1.0}, {"l": 0.7, "1": 0.2}), DIGITS, LOOKS_LIKE_DIGIT)
    assert lattice.steps[0, lattice.columns["0"]] == pytest.approx(0.95, abs=1e-4)
    assert search(lattice, Digits(1, 4, zero_first=1.0))[0].text == "01"


def test_a_traditional_character_gives_its_probability_to_the_simplified_one():
    lattice = folded(emissions({"費": 0.6, "费": 0.3}), "费")
    assert lattice.steps[0, lattice.columns["费"]] == pytest.approx(0.9, abs=1e-4)


def test_a_space_is_nothing_and_a_stray_character_may_be_passed_over_at_a_price():
    lattice = folded(emissions({" ": 0.99}, {"永": 0.99, "1": 0.01}), DIGITS)
    assert lattice.steps[0, 0] == pytest.approx(0.99, abs=1e-3)
    assert 0 < lattice.steps[1, 0] < 0.01


def test_the_best_path_merges_repeats_and_drops_blanks():
    text, score = best_path(emissions({"1": 0.9}, {"1": 0.8}, {"": 1.0}, {"1": 0.7}))
    assert text == "11"
    assert score == pytest.approx(0.8)


def test_an_empty_line_reads_as_nothing():
    assert best_path(emissions({"": 1.0})) == ("", 0.0)
