"""The parent's side of the rendering child: ask it for pages, and outlive it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ocr.errors import ERRORS, DamagedFile, RenderingFailed
from ocr.filetype import FileKind, Limits

SCRIPT = Path(__file__).with_name("render_child.py")


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page as BGR bytes, rows without padding; `missing` is the share a broken file did not bring."""

    width: int
    height: int
    dpi: float | None
    missing: float
    data: bytes


class RenderChild:
    """One process for one file, as a context manager; every method raises UnreadableFile."""

    def __init__(self, path: Path, kind: str, limits: Limits) -> None:
        self._limits = limits
        self._left = float(limits.child_wall_seconds)
        # Isolated (-I): no PYTHON* variable, no user site, no current folder; the environment is bare.
        command = [sys.executable, "-I", "-X", "utf8", str(SCRIPT), str(path.resolve()), kind]
        self._process = subprocess.Popen(  # noqa: S603  our own script, no shell
            [*command, json.dumps(asdict(limits))], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=_bare_environment())

    def __enter__(self) -> RenderChild:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)

    def inspect(self) -> FileKind:
        """The file's kind and pages."""
        head, _ = self._ask("inspect")
        return FileKind(**head)

    def page(self, index: int) -> RenderedPage:
        """The pixels of one page."""
        head, data = self._ask(f"page {index}")
        return RenderedPage(head["width"], head["height"], head["dpi"], head["missing"], data)

    def _ask(self, command: str) -> tuple[dict[str, Any], bytes]:
        """Send one command and wait for its answer, no longer than what is left of the wall time."""
        clock = threading.Timer(self._left, self._process.kill)
        clock.start()
        try:
            return self._answer(command)
        except (OSError, ValueError) as died:
            raise RenderingFailed(repr(died)) from died
        finally:
            clock.cancel()

    def _answer(self, command: str) -> tuple[dict[str, Any], bytes]:
        talk, listen = self._process.stdin, self._process.stdout
        assert talk is not None and listen is not None  # noqa: S101  both are pipes
        talk.write(command.encode() + b"\n")
        talk.flush()
        line = listen.readline(4096)
        if not line.endswith(b"\n"):
            raise RenderingFailed(f"the child died, code {self._process.poll()}")
        head = json.loads(line)
        if "error" in head:
            raise ERRORS.get(head["error"], DamagedFile)(head["detail"])
        wanted = head["width"] * head["height"] * 3 if command != "inspect" else 0
        if wanted > 3 * self._limits.pixels:
            raise RenderingFailed("the child answered with too much")
        data = listen.read(wanted)
        if len(data) != wanted:
            raise RenderingFailed("the child died while answering")
        return head, data


def _bare_environment() -> dict[str, str]:
    """What the child is told: one thread, and what Windows cannot start without."""
    needed = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **needed}


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # the child left first
        return
