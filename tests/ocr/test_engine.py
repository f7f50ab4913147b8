"""The engine: weights from the wheel, no network, the same probabilities every time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr import engine_weights
from ocr.decode import best_path
from ocr.engine import BATCH, GRAIN, STEP, WIDEST, Engine, _alike
from ocr.looks import PRINT, WHOLE

ROOT = Path(__file__).resolve().parents[2]


def line(text: str, height: int = 60) -> np.ndarray:
    picture = np.full((height, 30 * len(text) + 20, 3), 255, np.uint8)
    cv2.putText(picture, text, (10, height - 18), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (40, 40, 40), 3, cv2.LINE_AA)
    return picture


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.mark.weights
def test_a_line_is_read_with_the_wheels_weights_and_without_a_socket(engine, monkeypatch):
    def refuse(*_):
        raise AssertionError("the engine opened a socket")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    text, score = engine.read_line(line("20190411"))
    assert text == "20190411"
    assert score > 0.9


@pytest.mark.weights
def test_emissions_are_probabilities_over_the_alphabet_one_row_for_eight_columns(engine):
    crop = line("718")
    [found] = engine.emissions([crop])
    assert found.steps.shape[1] == len(found.alphabet.characters) == 18710
    assert abs(len(found.steps) - crop.shape[1] * 48 / crop.shape[0] / STEP) <= 3
    assert np.allclose(found.steps.sum(axis=1), 1, atol=1e-3)


@pytest.mark.weights
def test_the_same_crop_gives_the_same_probabilities_whatever_was_read_before(engine):
    crop = line("697")
    [before] = engine.emissions([crop])
    engine.read_line(line("0123456789"))
    [after] = engine.emissions([crop])
    assert np.array_equal(before.steps, after.steps)


@pytest.mark.weights
def test_what_is_said_of_a_crop_does_not_depend_on_its_company(engine):
    crops = [line(text) for text in ("7", "20190411", "19", "3", "718", "0", "20190412", "5")]
    together = engine.emissions(crops)
    for crop, among in zip(crops, together, strict=True):
        [alone] = engine.emissions([crop])
        assert alone.stride == among.stride
        assert np.allclose(alone.steps, among.steps, atol=1e-4)
    assert [best_path(found)[0] for found in together] == ["7", "20190411", "19", "3", "718", "0", "20190412", "5"]


def test_inputs_of_one_shape_go_together_and_not_too_many_at_once():
    small, wide = (3, 32, 32), (3, 40, 2000)
    shapes = [small] * (BATCH + 3) + [wide, small, wide]
    groups = list(_alike(shapes))
    assert sorted(place for group in groups for place in group) == list(range(len(shapes)))
    assert all(len({shapes[place] for place in group}) == 1 for group in groups)
    assert [len(group) for group in groups] == [BATCH, 4, 1, 1]


@pytest.mark.weights
@pytest.mark.parametrize("shape", [(1, 1), (300, 2), (2, 4000), (48, 9000)])
def test_odd_shapes_are_read_as_something_and_never_fail(engine, shape):
    text, score = best_path(*engine.emissions([np.full((*shape, 3), 255, np.uint8)]))
    assert isinstance(text, str)
    assert 0 <= score <= 1


@pytest.mark.weights
def test_places_of_characters_run_from_left_to_right(engine):
    places = [at for _, at in engine.locate(line("2019"))]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] <= 1


def test_widths_are_whole_steps():
    assert GRAIN % STEP == WIDEST % GRAIN == 0


@pytest.mark.weights
def test_print_is_read_coarsely_and_again_as_it_is_where_that_is_doubtful(engine, monkeypatch):
    asked = []
    plain = Engine.emissions

    def counted(self, crops, look=WHOLE):
        asked.append(look)
        return plain(self, crops, look)

    monkeypatch.setattr(Engine, "emissions", counted)
    assert engine.read_print(line("20190411"))[0] == "20190411"
    assert asked == [PRINT]
    noise = np.random.default_rng(5).integers(0, 255, (40, 200, 3), np.uint8)
    assert engine.read_print(noise) == engine.read_line(noise)
    assert asked[1:] == [PRINT, WHOLE, WHOLE]


def test_a_folder_of_the_caller_goes_before_the_wheel(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    own = tmp_path / "models" / "PP-OCRv6_medium_rec"
    own.mkdir(parents=True)
    (own / "inference.onnx").write_bytes(b"")
    (own / "inference.yml").write_text("Global:\n  model_name: PP-OCRv6_medium_rec\n", encoding="utf-8")
    chosen = engine_weights.recognition_model(tmp_path / "models")
    assert (chosen.name, chosen.path) == ("PP-OCRv6_medium_rec", own)
    assert engine_weights.recognition_model(None).name == "PP-OCRv6_small_rec"


def test_the_wheels_folder_is_built_once_and_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = engine_weights.recognition_model(None).path
    stamp = (first / "inference.onnx").stat().st_mtime_ns
    assert engine_weights.recognition_model(None).path == first
    assert (first / "inference.onnx").stat().st_mtime_ns == stamp
    assert sorted(path.name for path in first.iterdir()) == ["inference.onnx", "inference.yml"]


def test_importing_ocr_loads_neither_opencv_nor_paddleocr():
    code = ("import sys, ocr, ocr.results, ocr.lists, ocr.template, ocr.errors; "
            "print([m for m in ('cv2', 'paddleocr', 'paddlex', 'numpy') if m in sys.modules])")
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
                         timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert ran.stdout.strip() == "[]"
