"""Keeping the processes of an embedded installation alive, and ending them together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import structlog

_GRACE_SECONDS = 25.0
_LONGEST_PAUSE = 10.0
_STEADY_SECONDS = 60.0

_log = structlog.get_logger("shibiao.supervisor")


@dataclass(slots=True)
class Child:
    """A command to keep running, with its present process and the pause before its next start."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause: float = field(default=0.5)


class Supervisor:
    """Starts `python -m …` children, starts dead ones again with growing pauses, ends them all.

    Each child holds a pipe from here as standard input: when this process dies, whatever the way,
    the pipe closes and the children end too (`end_with_parent`). `buried` is told the pid of each
    child that died; what children print goes to the file `log`, or where this process prints.
    """

    def __init__(self, commands: Mapping[str, Sequence[str]], environment: Mapping[str, str],
                 buried: Callable[[int], None] | None = None, log: Path | None = None) -> None:
        self._children = [Child(name, arguments) for name, arguments in commands.items()]
        self._environment = {**os.environ, **environment}
        self._buried, self._log = buried, log
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stop.set()

    def run(self, tick: Callable[[], None] | None = None) -> None:
        """Keep the children alive until `stop`, calling `tick` twice a second; end them before returning."""
        try:
            while not self._stop.is_set():
                for child in self._children:
                    self._tend(child)
                if tick is not None:
                    tick()
                self._stop.wait(0.5)
        finally:
            self._end_all()

    def _tend(self, child: Child) -> None:
        if child.process is not None and child.process.poll() is not None:
            self._bury(child, child.process)
        if child.process is None and time.monotonic() >= child.start_again_at:
            child.process = self._start(child)
            child.started_at = time.monotonic()

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", *child.arguments, "--with-parent"]
        with self._log.open("ab") if self._log else nullcontext() as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, the order of ending is ours.
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log,  # noqa: S603  our own
                                    env=self._environment, start_new_session=True)

    def _bury(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        """Note a death: leases of the dead end now, and a child that keeps dying waits longer each time."""
        lasted = time.monotonic() - child.started_at
        planned = process.returncode == 0
        child.pause = 0.5 if planned or lasted > _STEADY_SECONDS else min(child.pause * 2, _LONGEST_PAUSE)
        child.start_again_at = time.monotonic() + (0 if planned else child.pause)
        child.process = None
        if not planned:
            _log.warning("process died", name=child.name, code=process.returncode)
        if self._buried is not None:
            self._buried(process.pid)

    def _end_all(self) -> None:
        alive = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in alive:
            process.terminate()
        until = time.monotonic() + _GRACE_SECONDS
        for process in alive:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def end_with_parent() -> None:
    """In a child: end in good order when the supervisor's pipe closes."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
