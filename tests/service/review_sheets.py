"""Sheets as the reader leaves them, put straight into the database with what each field was read as."""

import hashlib
import io
import secrets
from dataclasses import dataclass, field, replace

from PIL import Image, ImageDraw

from ocr.kinds.id_number import check_character
from ocr.template import load_templates
from service.installation import Installation
from service.models import Reading, Scan, Sheet
from service.models.values import FORM_ROW, TOTAL_ROW

SIZE = (1240, 1754)
GIRL = "41032920080305124"
GIRL += check_character(GIRL)


@dataclass(frozen=True)
class Read:
    """One field as the machine would have read it; unsure ones have their candidates."""

    value: str
    accept: bool = True
    candidates: tuple[str, ...] = ()
    raw: str | None = None
    box: tuple[float, float, float, float] = (0.1, 0.1, 0.4, 0.14)

    @property
    def pairs(self) -> list[list[object]]:
        shares = [[self.value, 0.98 if self.accept else 0.55]]
        return shares + [[value, 0.2 / (n + 1)] for n, value in enumerate(self.candidates)]


VISIT = {
    "school_name": Read("城关一小", box=(0.22, 0.10, 0.60, 0.13)),
    "student_name": Read("谭梅", box=(0.20, 0.15, 0.38, 0.19)),
    "sex": Read("女", box=(0.46, 0.15, 0.54, 0.19)),
    "age": Read("11", box=(0.62, 0.15, 0.70, 0.19)),
    "grade_class": Read("六年级2班", raw="六（2）班", box=(0.80, 0.15, 0.95, 0.19)),
    "visit_time": Read("2019-04-11", raw="2019年4月11日", box=(0.20, 0.20, 0.44, 0.24)),
    "visit_teacher": Read("王建国", box=(0.55, 0.20, 0.70, 0.24)),
    "companion_teacher": Read("李芳", box=(0.82, 0.20, 0.95, 0.24)),
    "id_number": Read(GIRL, box=(0.20, 0.25, 0.95, 0.29)),
    "reason": Read("学习困难", box=(0.20, 0.30, 0.95, 0.34)),
    "address": Read("城关镇东街村3组", box=(0.20, 0.35, 0.95, 0.39)),
    "content": Read("宣传义务教育法，动员返校。", box=(0.20, 0.40, 0.95, 0.60)),
    "school_opinion": Read("同意返校", box=(0.20, 0.62, 0.95, 0.70)),
    "school_date": Read("2019-04-12", box=(0.60, 0.71, 0.95, 0.74)),
    "parent_opinion": Read("同意", box=(0.20, 0.76, 0.95, 0.84)),
    "parent_signature": Read("谭大山", box=(0.40, 0.85, 0.60, 0.88)),
    "parent_date": Read("2019-04-12", box=(0.65, 0.85, 0.95, 0.88)),
}
COLUMNS = ("seq", "unit", "prior_year", "ministry_list", "total")
TABLE_ROWS = [("城关", 3, 2), ("河滨", 16, 2), ("鸦岭", 75, 6), ("县直实验小学", 63, 2), ("城关二小", 19, 3)]


@dataclass(frozen=True)
class Seed:
    """What to put there; `fields` by (row, name)."""

    template: str | None
    fields: dict[tuple[int, str], Read] = field(default_factory=dict)
    marks: dict[str, bool] = field(default_factory=dict)
    unit: str = "城关一小"

    def but(self, changes: dict[tuple[int, str], Read]) -> "Seed":
        """The same with some fields read otherwise."""
        return replace(self, fields=self.fields | changes)


def home_visit(**changes: Read) -> Seed:
    """A home visit; fields given are read otherwise than in `VISIT`."""
    fields = {(FORM_ROW, name): read for name, read in (VISIT | changes).items()}
    return Seed("home_visit", fields, {"school_seal": True, "guardian_signature": True})


def township_table(wrong: dict[tuple[int, str], Read] | None = None, rows: int = len(TABLE_ROWS)) -> Seed:
    """The first `rows` of TABLE_ROWS and their totals, all adding up but for `wrong`."""
    fields: dict[tuple[int, str], Read] = {}
    lines = [(n, name, a, b, a + b) for n, (name, a, b) in enumerate(TABLE_ROWS[:rows], 1)]
    sums = [sum(line[column] for line in lines) for column in (2, 3, 4)]
    for n, name, *numbers in lines:
        for column, value in enumerate((n, name, *numbers)):
            fields[n, COLUMNS[column]] = _cell(n, column, value)
    for column, value in enumerate(sums, 2):
        fields[TOTAL_ROW, COLUMNS[column]] = _cell(len(lines) + 1, column, value)
    return Seed("township_table", fields | (wrong or {}))


def put(installation: Installation, seed: Seed, uploader: int, unit_id: int, picture: bytes = b"") -> int:
    """Store the sheet with a drawn picture, unless one is given; returns its id."""
    picture = picture or draw(seed)
    sha = hashlib.sha256(picture).hexdigest()
    if not installation.store.exists(sha):
        installation.store.put(picture)
    template = load_templates().get(seed.template or "")
    with installation.database.write() as session:
        scan = Scan(id=secrets.token_hex(16), unit_id=unit_id, uploaded_by=uploader, file_name="家访.jpg",
                    media_type="image/jpeg", size=len(picture), state="read",
                    sha256=hashlib.sha256(secrets.token_bytes(8)).hexdigest())
        session.add(scan)
        session.flush()
        sheet = Sheet(scan_id=scan.id, number=1, unit_id=unit_id, template=seed.template,
                      template_version=template.version if template else 0, template_confidence=0.99,
                      image_sha256=sha, marks=seed.marks,
                      uncertain=sum(not read.accept for read in seed.fields.values()))
        session.add(sheet)
        session.flush()
        for (row, name), read in seed.fields.items():
            session.add(Reading(
                sheet_id=sheet.id, row=row, field=name, value=read.value,
                raw=read.value if read.raw is None else read.raw, candidates=read.pairs,
                confidence=float(str(read.pairs[0][1])), accept=read.accept, box=list(read.box), flags=[]))
        return sheet.id


def _cell(row: int, column: int, value: object) -> Read:
    left, top = 0.08 + 0.17 * column, 0.2 + 0.05 * row
    return Read(str(value), box=(left, top, left + 0.16, top + 0.045))


def draw(seed: Seed) -> bytes:
    """The sheet as a picture, JPEG."""
    image = Image.new("RGB", SIZE, "#f6f3ea")
    draw = ImageDraw.Draw(image)
    for read in seed.fields.values():
        x0, y0, x1, y1 = (share * side for share, side in zip(read.box, SIZE * 2, strict=True))
        draw.rectangle((x0, y0, x1, y1), outline="#222222", width=2)
        shown = read.value.encode("ascii", "replace").decode()  # the drawing needs no Chinese font
        draw.text((x0 + 8, y0 + 8), shown, fill="#203080", font_size=28)
    draw.text((20, 20), secrets.token_hex(4), fill="#888888")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
