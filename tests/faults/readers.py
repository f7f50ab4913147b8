"""Readers that are quick, slow or deadly: what worker processes of the fault tests read with."""

import os
import signal
import time

from ocr.results import FieldReading, ReadSheet, SheetReading

DEADLY = b"this file kills who reads it"
BROKEN = b"this file breaks the reader"


class SleepyReader:
    """One sheet a file after `seconds`; dies of deadly files, fails over broken ones."""

    seconds = 0.05

    def read(self, path, *, template="auto", lists=None):
        """The file's own first bytes as its only field."""
        data = path.read_bytes()
        if DEADLY in data:
            os.kill(os.getpid(), signal.SIGKILL)
        if BROKEN in data:
            raise ZeroDivisionError
        time.sleep(self.seconds)
        field = FieldReading(path.name, path.name, 0.99, True, (0.0, 0.0, 1.0, 1.0))
        sheet = SheetReading(path.name, 0, "home_visit", 0.9, self.seconds, {"reason": field})
        return [ReadSheet(sheet, data)]


class SlowReader(SleepyReader):
    """As long under way as it takes to be stopped in the middle."""

    seconds = 1.0
