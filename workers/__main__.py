"""`python -m workers`: one claim loop with its sweeper, until told to end."""

from __future__ import annotations

import argparse
import signal
import threading

from service import supervisor
from service.config import Settings
from service.installation import open_installation
from service.logs import configure
from service.sweeper import Sweeper
from workers import loop
from workers.process import named_reader, own_reader


def main() -> int:
    """Parse, work, leave nothing half done."""
    parser = argparse.ArgumentParser(prog="python -m workers", description="Read scans as they come in.")
    parser.add_argument("--reader", metavar="MODULE:CLASS", help="another reader than the program's own")
    parser.add_argument("--no-sweeper", action="store_true", help="leave forgotten work to other processes")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    given = parser.parse_args()
    settings = Settings.from_env()
    configure(settings.log_level)
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    if given.with_parent:
        supervisor.end_with_parent()
    installation = open_installation(settings)
    sweeper = None if given.no_sweeper else Sweeper(installation).start()
    loop.run(installation, named_reader(given.reader) if given.reader else own_reader(settings), stop)
    if sweeper:
        sweeper.stop()
    installation.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
