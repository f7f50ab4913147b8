"""Uploads that break off, backups under load: what has a receipt is there, what has none left no trace."""

import shutil
import signal
import threading
import time
from dataclasses import replace

from sqlalchemy import func, select

from service import fsck
from service.backup import backup, restore
from service.installation import open_installation
from service.models import Scan
from tests.conftest import county_of
from tests.faults.processes import all_read, loop, process, upload
from tests.files import jpeg


def test_a_kill_between_storing_and_recording_leaves_an_orphan_that_the_next_try_adopts(county, tmp_path):
    (tmp_path / "1.jpg").write_bytes(jpeg(1))
    with process(county, "tests.faults.interrupted", str(tmp_path / "1.jpg")) as uploading:
        assert uploading.wait(60) == -signal.SIGKILL
    found = fsck.check(county.installation)
    assert (len(found.orphans), found.missing, found.flipped) == (1, (), ())
    with county.installation.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 0
    upload(county, [1])
    assert fsck.check(county.installation).orphans == ()


def test_a_backup_taken_while_uploads_and_reading_go_on_is_whole_elsewhere(county, tmp_path):
    stop, numbers = threading.Event(), iter(range(10_000))

    def uploads():
        while not stop.is_set():
            upload(county, [next(numbers)])
            time.sleep(0.05)

    uploading = threading.Thread(target=uploads)
    with loop(county):
        uploading.start()
        upload(county, range(20_000, 20_020))
        backup(county.installation.settings, tmp_path / "copy")
        stop.set()
        uploading.join()

    settings = replace(county.installation.settings, data_dir=tmp_path / "elsewhere")
    settings.keys.parent.mkdir(parents=True)
    shutil.copy(county.installation.settings.keys, settings.keys)
    restore(settings, tmp_path / "copy")
    back = county_of(open_installation(settings))
    assert fsck.check(back.installation).missing == ()
    with back.installation.database.read() as session:
        count = session.scalar(select(func.count()).select_from(Scan))
    assert count >= 20
    for orphan in fsck.check(back.installation).orphans:  # stored after the database was copied
        back.installation.store.path(orphan).unlink()
    with loop(back):
        all_read(back, count, 40)
    back.installation.close()
