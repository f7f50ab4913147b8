"""Find or prepare the model folders that the engine loads; never touches the network."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ocr.engine_graph import any_height

_BUILT = 2
"""Raised when folders are built differently from the same weights: those of before are left alone."""

MEDIUM = "PP-OCRv6_medium"
SMALL = "PP-OCRv6_small"

_DETECTION: dict[str, Any] = {
    "PreProcess": {"transform_ops": [
        {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
        {"DetResizeForTest": {"resize_long": 960}},
        {"NormalizeImage": {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
                            "scale": "1./255.", "order": "hwc"}},
        {"ToCHWImage": None},
    ]},
    "PostProcess": {"name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.6,
                    "max_candidates": 1000, "unclip_ratio": 1.5},
}
_RECOGNITION: dict[str, Any] = {
    "PreProcess": {"transform_ops": [
        {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
        {"RecResizeImg": {"image_shape": [3, 48, 320]}},
    ]},
    "PostProcess": {"name": "CTCLabelDecode"},
}


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder PaddleX can load and the model name written in its inference.yml."""

    name: str
    path: Path


def cache_folder() -> Path:
    """A folder this user may write to: the XDG cache, else one under the temporary folder."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    for folder in (Path(base) / "shibiao", Path(tempfile.gettempdir()) / f"shibiao-{os.getuid()}"):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="shibiao-"))


def recognition_model(models: Path | None) -> ModelFolder:
    """The folder of the recogniser: the caller's, else downloaded, else made from the wheel."""
    return _chosen(models, "rec") or _from_wheel("rec", _RECOGNITION)


def detection_model(models: Path | None) -> ModelFolder:
    """The folder of the line detector: the caller's, else downloaded, else made from the wheel."""
    return _chosen(models, "det") or _from_wheel("det", _DETECTION)


def _chosen(models: Path | None, task: str) -> ModelFolder | None:
    downloaded = cache_folder() / "official_models"
    folders = sorted(models.glob(f"*_{task}*")) if models else []
    folders += [downloaded / f"{MEDIUM}_{task}", downloaded / f"{MEDIUM}_{task}_onnx"]
    for folder in folders:
        if (folder / "inference.onnx").is_file() and (folder / "inference.yml").is_file():
            return ModelFolder(_written_name(folder / "inference.yml"), folder)
    return None


def _written_name(config: Path) -> str:
    """`Global.model_name` without parsing the 18,708 characters that follow in the file."""
    for line in config.read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("model_name:"):
            return line.split(":", 1)[1].strip().strip("'\"")
    return config.parent.name


def _from_wheel(task: str, config: dict[str, Any]) -> ModelFolder:
    """A PaddleX folder around the rapidocr wheel's weights, built once and moved into place whole."""
    name = f"{SMALL}_{task}"
    found = importlib.util.find_spec("rapidocr")   # finds the wheel, does not import it
    if found is None or found.origin is None:
        raise FileNotFoundError("rapidocr, whose wheel carries the weights, is not installed")
    weights = Path(found.origin).parent / "models" / f"PP-OCRv6_{task}_small.onnx"
    folder = cache_folder() / "wheel" / f"{name}-{weights.stat().st_size}-{_BUILT}"
    if not (folder / "inference.onnx").is_file():
        _build(folder, task, weights, {"Global": {"model_name": name}, **config})
    return ModelFolder(name, folder)


def _build(folder: Path, task: str, weights: Path, config: dict[str, Any]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        draft = Path(scratch) / "draft"
        draft.mkdir()
        if config["PostProcess"]["name"] == "CTCLabelDecode":
            config = {**config, "PostProcess": {**config["PostProcess"], "character_dict": _alphabet(weights)}}
        text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False, width=10**9)
        (draft / "inference.yml").write_text(text, encoding="utf-8")
        network = weights.read_bytes()
        (draft / "inference.onnx").write_bytes(any_height(network) if task == "rec" else network)
        try:
            draft.rename(folder)
        except OSError:
            if not (folder / "inference.onnx").is_file():   # else another process was faster
                raise


def _alphabet(weights: Path) -> str:
    """The characters of the model as one string.

    PaddleX makes a list of it; as a YAML sequence the same 18,708 entries cost 0.4 s at every start.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(weights), providers=["CPUExecutionProvider"])
    return str(session.get_modelmeta().custom_metadata_map["character"].replace("\n", ""))
