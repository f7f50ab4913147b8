"""Files that mean harm or met with an accident: each with its name, its bytes and the codes it may be refused with."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

READ = "read"


@dataclass(frozen=True, slots=True)
class Hostile:
    """`codes` are the outcomes allowed: codes of ocr.errors, or READ when reading it is right too."""

    name: str
    data: bytes
    codes: frozenset[str]


def hostile_files() -> Iterator[Hostile]:
    """Every hand-made file; the random ones are in `rotten_files`."""
    yield from _not_pictures()
    yield from _bombs()
    yield from _tiffs()
    yield from _pdfs()
    yield from _broken()


def rotten_files(count: int, seed: int = 1) -> Iterator[Hostile]:
    """Small pictures and a PDF with random bytes overwritten or cut off."""
    rng = np.random.default_rng(seed)
    whole = {kind: saved(Image.effect_noise((120, 160), 60), kind) for kind in ("JPEG", "PNG", "BMP", "TIFF", "WEBP")}
    whole["PDF"] = saved(Image.effect_noise((120, 160), 60), "PDF")
    allowed = frozenset({READ, "damaged", "not_an_image", "rendering_failed", "too_large", "encrypted",
                         "too_many_pages", "empty"})
    for number in range(count):
        kind = list(whole)[number % len(whole)]
        data = bytearray(whole[kind])
        for _ in range(int(rng.integers(1, 30))):
            data[int(rng.integers(len(data)))] = int(rng.integers(256))
        if rng.random() < 0.3:
            del data[int(rng.integers(1, len(data))):]
        yield Hostile(f"rotten-{number}.{kind.lower()}", bytes(data), allowed)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file's bytes."""
    out = io.BytesIO()
    (image if kind == "TIFF" else image.convert("RGB")).save(out, kind, **options)
    return out.getvalue()


def _only(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def _not_pictures() -> Iterator[Hostile]:
    refused = _only("not_an_image")
    yield Hostile("空.jpg", b"", _only("empty"))
    yield Hostile("one.png", b"\x89", _only("empty"))
    yield Hostile("page.jpg", b"<!DOCTYPE html><script>alert(1)</script>" + b" " * 2000, refused)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    yield Hostile("drawing.png", svg, refused)
    yield Hostile("figure.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n", refused)
    yield Hostile("letter.pdf", b"PK\x03\x04" + b"word/document.xml" * 50, refused)
    yield Hostile("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), refused)
    yield Hostile("run.jpg", b"MZ" + bytes(600), refused)
    yield Hostile("elf.jpg", b"\x7fELF" + bytes(600), refused)
    yield Hostile("text.txt", "家访记录表\n学校名称：".encode() * 30, refused)
    yield Hostile("movie.heic", b"\x00\x00\x00\x18ftypisom" + bytes(400), refused)
    yield Hostile("sound.webp", b"RIFF\x00\x10\x00\x00WAVEfmt " + bytes(400), refused)
    yield Hostile("picture.gif", saved(Image.new("L", (9, 9)), "GIF"), refused)
    yield Hostile("zeros.png", bytes(5000), refused)
    yield Hostile("late.pdf", bytes(range(256)) * 3 + b"%PDF-1.4\n", refused)
    yield Hostile("polyglot.jpg", saved(Image.new("L", (90, 90), 200), "JPEG") + b"<script>alert(1)</script>%PDF-1.4",
                  _only(READ))


def _bombs() -> Iterator[Hostile]:
    yield Hostile("50k.png", _png(50_000, 50_000, b""), _only("too_large"))
    yield Hostile("wide.png", _png(2_000_000, 2, b""), _only("too_large"))
    yield Hostile("60mpx.png", _png(8000, 8000, zlib.compress(bytes(9000))), _only("too_large"))
    yield Hostile("short.png", _png(4000, 4000, zlib.compress(bytes(100))), _only(READ, "damaged"))
    text = b"Comment\0\0" + _deflated_zeros(80)
    yield Hostile("ztxt.png", _png(20, 20, zlib.compress(bytes(21 * 20)), (b"zTXt", text)), _only(READ, "damaged"))
    profile = b"icc\0\0" + _deflated_zeros(80)
    yield Hostile("iccp.png", _png(20, 20, zlib.compress(bytes(21 * 20)), (b"iCCP", profile)), _only(READ, "damaged"))
    yield Hostile("huge.bmp", b"BM" + struct.pack("<IHHIIiiHHIIiiII", 100, 0, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0,
                                                 0, 0, 0) + bytes(60), _only("too_large"))
    yield Hostile("huge.jpg", _jpeg_of_size(65000, 65000), _only("too_large"))
    yield Hostile("scans.jpg", _many_scans(600), _only(READ, "damaged", "rendering_failed"))


def _tiffs() -> Iterator[Hostile]:
    yield Hostile("fax.tif", _tiff(60_000, 60_000, 4), _only("too_large"))
    yield Hostile("3000.tif", _tiff(8, 8, 1, pages=3000), _only("too_many_pages"))
    loop = bytearray(_tiff(8, 8, 1))
    loop[-4:] = struct.pack("<I", 8)  # the next directory is this one
    yield Hostile("loop.tif", bytes(loop), _only(READ, "damaged", "too_many_pages"))
    yield Hostile("nowhere.tif", b"II*\x00" + struct.pack("<I", 0xFFFFFFF0), _only("damaged"))
    yield Hostile("tags.tif", b"II*\x00" + struct.pack("<IH", 8, 65535) + struct.pack("<HHII", 256, 4, 0x3FFFFFFF, 8)
                  * 400, _only("damaged", "rendering_failed"))
    yield Hostile("stub.tif", b"MM\x00*", _only("damaged"))


def _pdfs() -> Iterator[Hostile]:
    yield Hostile("locked.pdf", _encrypted_pdf(), _only("encrypted", "damaged"))
    yield Hostile("10000.pdf", _pdf_of_pages(10_000), _only("too_many_pages"))
    yield Hostile("none.pdf", _pdf_of_pages(0), _only("damaged"))
    yield Hostile("wall.pdf", _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400000 14400000]>>"]),
                  _only(READ, "damaged"))
    yield Hostile("flat.pdf", _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 0 0]>>"]), _only(READ, "damaged"))
    yield Hostile("kids.pdf", _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"]),
                  _only("damaged", "rendering_failed", READ))
    yield Hostile("flate.pdf", _flate_bomb(), _only(READ, "damaged", "rendering_failed"))
    yield Hostile("image.pdf", _image_bomb(), _only(READ, "damaged", "rendering_failed"))
    yield Hostile("form.pdf", _self_drawing(), _only(READ, "damaged", "rendering_failed"))
    yield Hostile("head.pdf", b"%PDF-1.7\n", _only("damaged"))
    yield Hostile("js.pdf", _pdf([b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(1);)>>>>",
                                  b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                  b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>"]), _only(READ))


def _broken() -> Iterator[Hostile]:
    noise = Image.effect_noise((300, 400), 60)
    for kind in ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "PDF", "HEIF"):
        if kind == "HEIF":
            import pillow_heif

            pillow_heif.register_heif_opener()
        whole = saved(noise, kind)
        for share in (0.02, 0.3, 0.7, 0.99):
            yield Hostile(f"cut-{share}.{kind.lower()}", whole[:max(2, int(len(whole) * share))],
                          _only(READ, "damaged", "not_an_image", "rendering_failed"))
        yield Hostile(f"tail.{kind.lower()}", whole + bytes(1000), _only(READ, "damaged"))


def _png(width: int, height: int, pixels: bytes, *more: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), *more, (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks)


def _jpeg_of_size(width: int, height: int) -> bytes:
    data = bytearray(saved(Image.new("L", (16, 16)), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5:at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def _many_scans(count: int) -> bytes:
    """A progressive JPEG that repeats its last pass again and again."""
    data = saved(Image.effect_noise((640, 480), 50), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + b"\xff\xd9"


def _tiff(width: int, height: int, compression: int, pages: int = 1) -> bytes:
    """Directories one behind the other; Pillow would walk all before it adds the next."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, compression), (262, 3, 0),
            (273, 4, 8 + 2 + 9 * 12), (277, 3, 1), (278, 4, height), (279, 4, 8)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    size = 2 + len(entries) + 4
    following = [8 + size * page for page in range(1, pages)] + [0]
    return b"II*\x00" + struct.pack("<I", 8) + b"".join(
        struct.pack("<H", len(tags)) + entries + struct.pack("<I", place) for place in following)


def _deflated_zeros(megabytes: int) -> bytes:
    """A zlib stream of so many zeros, without compressing each of them."""
    squeeze = zlib.compressobj(9, wbits=-15)
    million = squeeze.compress(bytes(1_000_000)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", megabytes * 1_000_000 % 65521, 1)  # Adler-32, zeros only counted
    return b"\x78\xda" + million * megabytes + zlib.compressobj(9, wbits=-15).flush() + checksum


def _pdf(objects: list[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))


def _pdf_of_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (3 + i) for i in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>"
    tree = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", tree, *[page] * count])


def _stream(head: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(data), data)


def _drawn(content: bytes, *more: bytes) -> bytes:
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                 b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
                 content, *more])


def _flate_bomb() -> bytes:
    return _drawn(_stream(b"/Filter[/FlateDecode/FlateDecode]", zlib.compress(_deflated_zeros(400), 9)))


def _image_bomb() -> bytes:
    image = (b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 8"
             b"/Filter/FlateDecode")
    return _drawn(_stream(b"", b"q 300 0 0 400 0 0 cm /X Do Q"), _stream(image, zlib.compress(bytes(60_000 * 100), 9)))


def _self_drawing() -> bytes:
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 300 400]/Resources<</XObject<</X 5 0 R>>>>"
    return _drawn(_stream(b"", b"/X Do"), _stream(form, b"/X Do " * 60))


def _encrypted_pdf() -> bytes:
    """A PDF whose trailer asks for a password; its keys are nonsense, as a stranger's would be."""
    plain = _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                  b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>",
                  b"<</Filter/Standard/V 1/R 2/O<" + b"3f" * 32 + b">/U<" + b"a7" * 32 + b">/P -44>>"])
    return plain.replace(b"/Root 1 0 R>>", b"/Root 1 0 R/Encrypt 4 0 R/ID[<%s><%s>]>>" % (b"11" * 16, b"11" * 16))
