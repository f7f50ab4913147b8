"""Corrected crops with their labels, in the layout PaddleOCR's recognition training takes, as one ZIP in pieces."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.results import NOWHERE
from service import audit
from service.access import TRAINING, Actor
from service.errors import Invalid
from service.models import Reading, Sheet
from service.review.crops import crop
from service.review.learning import Taught, taught

README = """Handwriting crops with their labels, taken from signed-off sheets.

Layout: PaddleOCR text recognition training ("SimpleDataSet"):
  label.txt        one line per crop: path TAB text, UTF-8
  images/*.jpg     the crops; the number before the dash is the sheet's

In the training configuration set
  Train.dataset.data_dir: <this folder>
  Train.dataset.label_file_list: [<this folder>/label.txt]

Labels are what is written on the paper. Left out: dates, grades and ages that were corrected (their
values are normalised, so the writing itself is not known), and texts too long for a single line.

These are personal data of children and families: keep them encrypted, for this purpose only, and
delete them when the training is done.
"""
_AS_WRITTEN = ("person_name", "school", "unit", "place", "id_number", "count", "sex", "free_text", "student_number",
               "disability_number", "phone")
"""Kinds whose value is the writing itself."""
_ONE_LINE = 12
"""Characters of running text that surely stand on one line."""
_MOST = 20_000

Crops = Iterator[tuple[str, str, bytes]]
"""Path inside the archive, label, JPEG."""


def samples(session: Session, actor: Actor) -> list[tuple[Taught, str]]:
    """The decided fields that make an example, with their labels; taking them out goes on record.

    Raises Invalid when there are none.
    """
    actor.require(TRAINING)
    every = taught(session)
    readings = {(reading.sheet_id, (reading.row, reading.field)): reading.raw for reading in session.scalars(
        select(Reading).where(Reading.sheet_id.in_({one.sheet for one in every})))}
    found = [(one, label) for one in every
             if (label := _label(one, readings.get((one.sheet, one.key), "")))][:_MOST]
    if not found:
        raise Invalid("还没有可以导出的训练样本。", "核对并签发一些表以后再导出。")
    audit.record(session, actor, "training.exported", "training", "", crops=len(found),
                 sheets=len({one.sheet for one, _ in found}))
    return sorted(found, key=lambda pair: pair[0].sheet)


def crops(session: Session, read: Callable[[str], bytes], found: list[tuple[Taught, str]]) -> Crops:
    """The pictures of `found`, a sheet after the other; `read` gives a stored picture by its digest."""
    by_sheet = itertools.groupby(found, key=lambda pair: pair[0].sheet)
    for sheet_id, pairs in by_sheet:
        sheet = session.get_one(Sheet, sheet_id)
        boxes = {(row, field): tuple(box) for row, field, box in session.execute(
            select(Reading.row, Reading.field, Reading.box).where(Reading.sheet_id == sheet_id))}
        picture = read(sheet.image_sha256) if sheet.image_sha256 else b""
        for one, label in pairs:
            box = boxes.get(one.key, NOWHERE)
            if picture and box != NOWHERE:
                name = f"images/{sheet_id:07}-{one.key[0]}-{one.key[1]}.jpg"
                yield name, label, crop(picture, box)


def zipped(pieces: Crops) -> Iterator[bytes]:
    """A ZIP of the crops as it grows, so that no archive ever stands in memory whole."""
    out, labels = _Outflow(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type]
        archive.writestr("README.txt", README)
        for name, label, picture in pieces:
            archive.writestr(name, picture)
            labels.append(f"{name}\t{label}\n")
            yield out.taken()
        archive.writestr("label.txt", "".join(labels))
    yield out.taken()


def _label(one: Taught, raw: str) -> str:
    """What is written in the crop; "" when that is not known."""
    changed = one.written if one.kind in _AS_WRITTEN else ""
    text = " ".join((raw if one.read == one.written else changed).split())
    return "" if one.kind == "free_text" and len(text) > _ONE_LINE else text


class _Outflow(io.RawIOBase):
    """A file that is only written to, and gives up what it has whenever it is asked."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001  any buffer
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Everything written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
