"""The administrator's commands: what they find, keep and bring back."""

import io
import shutil
from dataclasses import replace

import pytest

from service import fsck, intake, reading
from service.__main__ import main
from service.backup import backup, restore
from service.errors import Invalid
from service.installation import open_installation
from service.models import Scan, Unit
from tests.files import jpeg
from tests.service.fakes import PaperReader, RefusingReader


@pytest.fixture
def filled(county):
    """The county with three scans, one of them read."""
    for number in range(3):
        intake.receive(county.installation, county.actor("school"), io.BytesIO(jpeg(number)), f"{number}.jpg")
    reading.work(county.installation, PaperReader(), "w")
    return county


@pytest.fixture
def run(filled, monkeypatch, capsys):
    """`run("fsck")`: the exit code and what was printed."""
    for name, value in filled.installation.settings.as_env().items():
        monkeypatch.setenv(name, value)

    def command(*arguments):
        code = main([str(one) for one in arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err
    return command


def test_fsck_finds_exactly_what_was_flipped_lost_or_never_recorded(filled):
    store = filled.installation.store
    assert fsck.check(filled.installation) == fsck.Findings(5, (), (), ())
    flipped, missing = sorted(store.names())[:2]
    store.path(flipped).write_bytes(b"rotten")
    store.path(missing).unlink()
    orphan = store.put(b"an upload that broke off before its receipt")
    found = fsck.check(filled.installation)
    assert (found.flipped, found.missing, found.orphans) == ((flipped,), (missing,), (orphan,))
    assert not found.sound


def test_a_backup_is_restored_on_an_empty_machine(filled, tmp_path):
    settings = filled.installation.settings
    copied = backup(settings, tmp_path / "copy")
    assert (copied.database, copied.blobs) == (True, 5)
    intake.receive(filled.installation, filled.actor("school"), io.BytesIO(jpeg(9)), "9.jpg")
    assert backup(settings, tmp_path / "copy").blobs == 1

    fresh = replace(settings, data_dir=tmp_path / "fresh")
    with pytest.raises(Invalid, match="密钥"):
        restore(fresh, tmp_path / "copy")
    fresh.keys.parent.mkdir(parents=True)
    shutil.copy(settings.keys, fresh.keys)
    assert restore(fresh, tmp_path / "copy").blobs == 6
    back = open_installation(fresh)
    with back.database.read() as session:
        assert session.query(Scan).count() == 4
    assert fsck.check(back).sound
    back.close()
    with pytest.raises(Invalid, match="不是空的"):
        restore(fresh, tmp_path / "copy")


def test_accounts_and_tokens_are_made_from_the_terminal(run):
    code, printed = run("user", "add", "li.ming", "--name", "李明", "--role", "school", "--unit", "城关一小")
    assert (code, "li.ming" in printed) == (0, True)
    password = printed.split("密码 ")[1].split("（")[0]
    code, printed = run("user", "reset", "li.ming")
    assert (code, password in printed) == (0, False)
    assert len(run("token", "add", "li.ming", "--name", "扫描仪")[1].strip()) == 43
    code, printed = run("user", "add", "li.ming", "--name", "李明", "--role", "bureau")
    assert (code, "已经有人使用" in printed) == (1, True)
    assert run("token", "add", "nobody", "--name", "x")[0] == 1


def test_units_come_from_a_list(run, filled, tmp_path):
    listed = "name,kind,parent\n江左,township,\n江左一小,school,江左\n"
    (tmp_path / "units.csv").write_text(listed, encoding="utf-8-sig")
    assert "2 个" in run("units", tmp_path / "units.csv")[1]
    with filled.installation.database.read() as session:
        assert session.query(Unit).filter_by(name="江左一小").one().parent.name == "江左"


def test_commands_say_what_they_found(run, filled):
    assert "完好" in run("fsck")[1]
    assert "操作记录完整" in run("audit", "verify")[1]
    store = filled.installation.store
    store.path(next(store.names())).unlink()
    code, printed = run("fsck")
    assert (code, "丢失" in printed) == (1, True)


def test_a_failed_scan_is_queued_again_from_the_terminal(run, filled):
    reading.work(filled.installation, RefusingReader(), "w")
    with filled.installation.database.read() as session:
        failed = session.query(Scan).filter_by(state="failed").one().id
    assert run("requeue", failed)[0] == 0
    assert run("requeue", failed)[0] == 1
    with filled.installation.database.read() as session:
        assert session.get_one(Scan, failed).state == "received"


def test_a_setting_that_does_not_fit_is_said_in_words(run, monkeypatch):
    monkeypatch.setenv("SHIBIAO_WORKERS", "many")
    code, printed = run("fsck")
    assert (code, "SHIBIAO_WORKERS" in printed) == (1, True)
