"""A receipt means stored and queued; anything else is refused in words and leaves nothing."""

import io
import threading

import pytest
from PIL import Image
from sqlalchemy import func, select

from service import intake
from service.errors import Conflict, Invalid, NotAllowed
from service.models import AuditEvent, Job, Scan
from tests.files import jpeg, zipped


def send(county, data, name="1.jpg", who="school", **rest):
    return intake.receive(county.installation, county.actor(who), io.BytesIO(data), name, **rest)


def send_any(county, data, name="1.zip", who="school"):
    return intake.receive_any(county.installation, county.actor(who), io.BytesIO(data), name)


def count(county, record):
    with county.installation.database.read() as session:
        return session.scalar(select(func.count()).select_from(record))


def nothing_left(county):
    store = county.installation.store
    return not list(store.names()) and not list((store.root / "incoming").glob("*"))


def big_png(width, height):
    """A picture's header alone, claiming more pixels than it brings."""
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    import zlib
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def test_a_receipt_means_stored_recorded_and_queued(any_county):
    county, data = any_county, jpeg(1)
    receipt = send(county, data, "家访 谭梅.jpg")
    assert (receipt.state, receipt.duplicate, receipt.file_name) == ("received", False, "家访 谭梅.jpg")
    with county.installation.database.read() as session:
        scan = session.get_one(Scan, receipt.scan_id)
        job = session.scalars(select(Job)).one()
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert county.installation.store.read(scan.sha256) == data
    assert (scan.media_type, scan.size) == ("image/jpeg", len(data))
    assert (scan.unit_id, scan.uploaded_by) == (county.units["城关一小"], county.users["school"])
    assert (job.scan_id, job.state) == (scan.id, "queued")
    assert (event.action, event.object_id, event.user_id) == ("scan.received", scan.id, scan.uploaded_by)
    assert "谭梅" not in str(event.detail)


def test_the_same_bytes_again_give_the_same_receipt(any_county):
    first, again = send(any_county, jpeg()), send(any_county, jpeg(), "other name.jpg")
    assert again.duplicate
    assert (again.scan_id, again.file_name) == (first.scan_id, "1.jpg")
    assert count(any_county, Job) == 1


def test_another_units_equal_file_is_a_scan_of_its_own_over_the_same_blob(county):
    first, second = send(county, jpeg()), send(county, jpeg(), who="other_school")
    assert first.scan_id != second.scan_id
    assert not second.duplicate
    assert len(list(county.installation.store.names())) == 1


def test_a_lost_reply_and_the_same_key_give_the_same_receipt(any_county):
    first = send(any_county, jpeg(), idempotency_key="phone-7")
    assert send(any_county, jpeg(), idempotency_key="phone-7").scan_id == first.scan_id
    assert send(any_county, jpeg(), who="other_school", idempotency_key="phone-7").scan_id != first.scan_id


def test_a_key_used_for_other_bytes_is_a_conflict_and_keeps_nothing_new(county):
    send(county, jpeg(1), idempotency_key="phone-7")
    with pytest.raises(Conflict):
        send(county, jpeg(2), idempotency_key="phone-7")
    assert count(county, Scan) == 1
    assert len(list(county.installation.store.names())) == 1


@pytest.mark.parametrize("key", ["k" * 81, "编号", "a\nb"])
def test_a_key_that_does_not_fit_is_refused(county, key):
    with pytest.raises(Invalid):
        send(county, jpeg(), idempotency_key=key)


def test_the_same_bytes_from_two_clients_a_hundred_times_are_one_scan(any_county):
    receipts, start = [], threading.Barrier(2)

    def client():
        start.wait()
        receipts.extend(send(any_county, jpeg(number % 10)) for number in range(50))

    clients = [threading.Thread(target=client) for _ in range(2)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    assert len(receipts) == 100
    assert len({receipt.scan_id for receipt in receipts}) == 10
    assert sum(not receipt.duplicate for receipt in receipts) == 10
    assert count(any_county, Scan) == count(any_county, Job) == 10


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty"),
    (b"x", "empty"),
    (b"hello, this is text" * 20, "not_an_image"),
    (b"<html><script>alert(1)</script></html>" * 9, "not_an_image"),
    (jpeg()[:20], "damaged"),
    (big_png(9000, 9000), "too_large"),
    (b"%PDF-1.7\nbroken" * 20, "damaged"),
], ids=["empty", "one byte", "text", "html", "cut header", "81 Mpx", "broken PDF"])
def test_what_is_no_sheet_is_refused_in_words_and_leaves_nothing(county, data, code):
    with pytest.raises(intake.Refused) as refused:
        send(county, data, "家访.jpg")
    assert refused.value.code == code
    assert refused.value.message.endswith("。")
    assert refused.value.advice.endswith("。")
    assert nothing_left(county)
    assert count(county, Scan) == count(county, Job) == 0


def test_too_many_bytes_are_refused_with_the_limit_in_words(county):
    limit = county.installation.settings.max_upload_mb
    with pytest.raises(intake.Refused, match=f"{limit} MB"):
        send(county, jpeg() + bytes(limit * 1024 * 1024))
    assert nothing_left(county)


def test_who_may_not_upload_is_turned_away_before_a_byte_is_read(county):
    with pytest.raises(NotAllowed):
        send(county, jpeg(), who="system_admin")
    assert nothing_left(county)


@pytest.mark.parametrize(("given", "kept"), [
    ("C:\\照片\\家访.jpg", "家访.jpg"), ("../../etc/passwd", "passwd"), ("a\x00\nb\u202e.jpg", "ab.jpg"),
    ("", "未命名"), ("好" * 300 + ".jpeg", "好" * 250 + ".jpeg"),
])
def test_a_file_name_is_only_ever_a_name(given, kept):
    assert intake.clean_name(given) == kept


def test_a_lost_original_is_mended_by_the_same_upload(county):
    send(county, jpeg())
    store = county.installation.store
    (name,) = store.names()
    store.path(name).unlink()
    assert send(county, jpeg()).duplicate
    assert store.exists(name)


def test_each_picture_of_a_zip_has_its_own_outcome(county):
    bundle = zipped({"一班/1.jpg": jpeg(1), "2.jpg": jpeg(2), "again.jpg": jpeg(1), "notes.txt": b"x" * 99,
                     "inner.zip": zipped({"3.jpg": jpeg(3)}), "__MACOSX/._1.jpg": b"junk", "empty/": b""})
    outcomes = {outcome.file_name: outcome for outcome in send_any(county, bundle)}
    assert list(outcomes) == ["1.jpg", "2.jpg", "again.jpg", "notes.txt", "inner.zip"]
    assert outcomes["again.jpg"].receipt.duplicate
    assert outcomes["notes.txt"].refusal.code == outcomes["inner.zip"].refusal.code == "not_an_image"
    assert count(county, Scan) == 2
    assert not list((county.installation.store.root / "incoming").glob("*"))


def test_a_single_file_passes_through_the_same_door(county):
    (outcome,) = send_any(county, jpeg(), "1.jpg")
    assert outcome.receipt.state == "received"


def test_a_name_that_chinese_windows_wrote_is_read_as_it_was_meant(county):
    written = "家访.jpg".encode("gb18030")
    bundle = zipped({"xxxx.jpg": jpeg()}).replace(b"xxxx.jpg", written)
    (outcome,) = send_any(county, bundle)
    assert outcome.file_name == "家访.jpg"


@pytest.mark.parametrize(("bundle", "code"), [
    (b"PK\x03\x04" + b"broken" * 50, "damaged"),
    (zipped({"1.jpg": jpeg()})[:-9], "damaged"),
    (zipped({}), "empty"),
    (zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "not_an_image"),
    (zipped({f"{n}.jpg": b"x" for n in range(201)}), "too_many_files"),
], ids=["broken", "cut off", "no files", "Word", "201 files"])
def test_a_zip_that_is_none_is_refused_whole(county, bundle, code):
    with pytest.raises(intake.Refused) as refused:
        send_any(county, bundle)
    assert refused.value.code == code
    assert nothing_left(county)


def test_a_bomb_in_a_zip_is_stopped_while_it_unpacks(county):
    (outcome, second) = send_any(county, zipped({"bomb.bmp": bytes(30_000_000), "1.jpg": jpeg()}))
    assert outcome.refusal.code == "too_large"
    assert second.receipt is not None


def test_a_member_with_rotten_bytes_does_not_keep_the_others_out(county):
    bundle = bytearray(zipped({"1.jpg": jpeg(1), "2.jpg": jpeg(2)}, compression=0))
    at = bundle.find(b"\xff\xd8") + 300
    bundle[at] ^= 0xFF
    first, second = send_any(county, bytes(bundle))
    assert first.refusal.code == "damaged"
    assert second.receipt is not None
    assert count(county, Scan) == 1
