"""What one worker process holds: its name, its installation, its reader; made after the last fork."""

from __future__ import annotations

import importlib
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from ocr import recalibrate
from ocr.lists import Lists
from ocr.results import ReadSheet
from service.config import Settings
from service.reading import Reader
from service.review.learning import parameters


def worker_name() -> str:
    """This process among all that share the database."""
    return f"{socket.gethostname()}:{os.getpid()}"


class LazyReader:
    """The reader, loaded at the first file: models take seconds and memory that an idle process saves."""

    def __init__(self, load: Callable[[], Reader]) -> None:
        self._load = load
        self._reader: Reader | None = None

    def read(self, path: Path, *, template: str = "auto", lists: Lists | None = None) -> Sequence[ReadSheet]:
        """The sheets of a file; raises UnreadableFile."""
        self._reader = self._reader or self._load()
        return self._reader.read(path, template=template, lists=lists)


def own_reader(settings: Settings) -> Reader:
    """The program's own reader with the models of the settings."""

    def load() -> Reader:
        from ocr.pipeline import Reader as OwnReader  # pulls in the recogniser

        return OwnReader(settings.models_dir)

    return CalibratedReader(LazyReader(load), parameters(settings.data_dir))


class CalibratedReader:
    """A reader whose confidences follow the installation's own calibration, the newest at each file."""

    def __init__(self, reader: Reader, path: Path) -> None:
        self._reader, self._path = reader, path

    def read(self, path: Path, *, template: str = "auto", lists: Lists | None = None) -> Sequence[ReadSheet]:
        """The sheets of a file; raises UnreadableFile."""
        curves = recalibrate.load(self._path)
        return [recalibrate.apply(sheet, curves) for sheet in
                self._reader.read(path, template=template, lists=lists)]


def named_reader(name: str) -> Reader:
    """The reader that `package.module:Class` names, for trying another one."""
    module, _, attribute = name.partition(":")
    return LazyReader(getattr(importlib.import_module(module), attribute))
