"""The scan store keeps bytes under their own digest, or nothing at all."""

import hashlib
import io
import os
import resource
import stat
import time
from contextlib import contextmanager

import pytest

from service.errors import NotFound, StorageFull
from service.storage import BlobStore, TooManyBytes, sha256_of


@pytest.fixture
def store(tmp_path):
    return BlobStore(tmp_path / "scans")


def parts(store):
    return list((store.root / "incoming").glob("*"))


@contextmanager
def disk_of(size):
    """A process that may write no file longer than `size` bytes: the kernel refuses as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_was_received_is_found_under_its_digest(store):
    data = os.urandom(3_000_000)
    blob = store.receive(io.BytesIO(data), 4_000_000)
    assert (blob.sha256, blob.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert store.read(blob.sha256) == data
    assert sha256_of(store.path(blob.sha256)) == blob.sha256
    assert list(store.names()) == [blob.sha256]
    assert not parts(store)


def test_only_the_owner_may_read_blobs_and_folders(store):
    path = store.path(store.put(b"a child's paper"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0 for folder in path.parents[:3])


def test_the_same_bytes_are_one_file_and_a_rotten_one_is_mended(store):
    name = store.put(b"paper")
    store.path(name).write_bytes(b"rotten")
    assert store.put(b"paper") == name
    assert store.read(name) == b"paper"
    assert len(list(store.names())) == 1


def test_a_stream_above_the_limit_leaves_nothing(store):
    with pytest.raises(TooManyBytes):
        store.receive(io.BytesIO(bytes(2_000_001)), 2_000_000)
    assert not parts(store)
    assert not list(store.names())


def test_a_client_that_goes_away_leaves_nothing(store):
    class Dropped(io.RawIOBase):
        def __init__(self):
            self.left = [bytes(1_000_000), bytes(1000)]

        def read(self, _size=-1):
            if not self.left:
                raise ConnectionResetError
            return self.left.pop()

    with pytest.raises(ConnectionResetError):
        store.receive(Dropped(), 4_000_000)
    assert not parts(store)
    assert not list(store.names())


def test_a_full_disk_is_said_and_leaves_nothing_and_the_next_upload_works_again(store):
    data = os.urandom(1_500_000)
    with disk_of(1_000_000), pytest.raises(StorageFull):
        store.receive(io.BytesIO(data), 4_000_000)
    assert not parts(store)
    assert not list(store.names())
    assert store.receive(io.BytesIO(data), 4_000_000).size == len(data)


def test_a_draft_that_is_not_kept_is_gone(store):
    with store.draft(io.BytesIO(b"refused"), 100) as draft:
        assert draft.path.read_bytes() == b"refused"
    assert not parts(store)
    assert not store.exists(draft.sha256)


def test_what_is_absent_is_not_found_and_a_name_is_never_a_path(store):
    with pytest.raises(NotFound):
        store.read("0" * 64)
    for name in ("../../etc/passwd", "0" * 63, "0" * 63 + "/", "A" * 64, ""):
        with pytest.raises(ValueError, match="SHA-256"):
            store.path(name)


def test_sweeping_removes_only_old_parts(store):
    store.put(b"makes the folders")
    old, fresh = (store.root / "incoming" / name for name in ("old.part", "fresh.part"))
    for part in (old, fresh):
        part.write_bytes(b"x")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert store.sweep(3600) == 1
    assert parts(store) == [fresh]
