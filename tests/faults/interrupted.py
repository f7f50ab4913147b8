"""An upload killed after its bytes are in the store and before anything is recorded."""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import select

from service import intake
from service.access import actor_for
from service.config import Settings
from service.installation import open_installation
from service.models import User
from service.storage import BlobStore


class FatalStore(BlobStore):
    """A store whose process dies as soon as a blob is safe."""

    def keep(self, draft):
        """Keep, then die."""
        super().keep(draft)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    from dataclasses import replace

    installation = open_installation(Settings.from_env())
    fatal = replace(installation, store=FatalStore(installation.store.root))
    with installation.database.read() as session:
        actor = actor_for(session, session.scalars(select(User).where(User.login == "user.school")).one())
    with Path(sys.argv[1]).open("rb") as stream:
        intake.receive(fatal, actor, stream, "1.jpg")
