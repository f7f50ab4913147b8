"""A list killed at the step its argument names: while it is checked, or when all is written but not committed."""

import os
import signal
import sys

from service.config import Settings
from service.installation import open_installation
from service.lists import check, work
from service.lists.storing import Prepared


def die(*_, **__):
    """As a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class Fatal(Prepared):
    """Writes everything, and dies before the commit."""

    def write(self, session, told):
        """Write, flush, die."""
        super().write(session, told)
        session.flush()
        die()


if __name__ == "__main__":
    if sys.argv[1] == "written":
        work.Prepared = Fatal
    else:
        check._compared = die
    work.work_on_list(open_installation(Settings.from_env()))
