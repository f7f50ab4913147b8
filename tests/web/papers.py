"""Files made in code for uploading: good pictures, and every kind of bad one that is cheap to make."""

import io
import struct
import zipfile
import zlib

from PIL import Image, ImageDraw


def picture(seed=0, kind="JPEG", size=(300, 420), mode="RGB"):
    """A small ruled sheet; another seed gives other bytes."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for y in range(40, size[1] - 20, 45):
        pen.line((20, y, size[0] - 20, y), fill="black", width=2)
    pen.text((20, 10), f"sheet {seed}", fill="black")
    out = io.BytesIO()
    image.convert(mode).save(out, kind)
    return out.getvalue()


def bundle(files, **options):
    """A ZIP of name → bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def png_header(width, height, depth=8, colour=2, chunks=b"", data=b"\0" * 40):
    """A PNG that claims any size; its pixels are whatever `data` unpacks to."""
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunks + chunk(b"IDAT", zlib.compress(data)) \
        + chunk(b"IEND", b"")


def pdf(body, trailer=b"<</Root 1 0 R>>"):
    """A PDF of the given objects; the offsets are left for the reader to repair."""
    return b"%PDF-1.4\n" + body + b"\ntrailer" + trailer + b"\n%%EOF\n"


def _tiff_of_many_pages(count):
    entries = ((256, 3, 1, 8), (257, 3, 1, 8), (273, 4, 1, 8))
    directory = struct.pack("<H", 3) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    step = len(directory) + 4
    return b"II*\0" + struct.pack("<I", 8) + b"".join(
        directory + struct.pack("<I", 8 + (number + 1) * step if number + 1 < count else 0)
        for number in range(count))


def hostile():
    """name → (bytes, whether a reader may take it in after all)."""
    good, text = picture(), b"not a picture at all\n" * 40
    rotten = bytearray(good)
    for place in range(200, len(rotten) - 50, 97):
        rotten[place] ^= 0x5A
    catalog = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s %s]>>endobj\n"
    one_page = b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    return {
        "empty.jpg": (b"", False), "one-byte.jpg": (b"\xff", False), "zeros.png": (b"\0" * 5000, False),
        "text.jpg": (text, False), "page.jpg": (b"<!doctype html><script>alert(1)</script>", False),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", False),
        "print.jpg": (b"%!PS-Adobe-3.0 EPSF-3.0\nshowpage\n", False),
        "anim.gif": (picture(kind="GIF"), False),
        "macro.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + text, False),
        "program.exe": (b"MZ" + text, False), "archive.rar": (b"Rar!\x1a\x07\x01\0" + text, False),
        "cut.jpg": (good[:len(good) // 2], True), "head-only.jpg": (good[:24], True),
        "rotten.jpg": (bytes(rotten), True), "tail.jpg": (good + text, True),
        "cut.png": (picture(kind="PNG")[:120], True), "huge.png": (png_header(50_000, 50_000), False),
        "wide.png": (png_header(60_000, 10), False), "flat.png": (png_header(0, 10), False),
        "text-bomb.png": (png_header(10, 10, chunks=_text_bomb()), True),
        "deep.png": (png_header(10, 10, depth=16), True),
        "cmyk.jpg": (picture(mode="CMYK"), True), "palette.png": (picture(kind="PNG", mode="P"), True),
        "grey.png": (picture(kind="PNG", mode="1"), True),
        "empty.tif": (b"II*\0\x08\0\0\0", False), "loop.tif": (b"II*\0\x08\0\0\0\0\0\x08\0\0\0", False),
        "thousands.tif": (_tiff_of_many_pages(3000), False),
        "cut.pdf": (b"%PDF-1.7\n", False), "kids.pdf": (pdf(
            catalog + b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"), True),
        "giant.pdf": (pdf(catalog + one_page + page % (b"1e9", b"1e9")), True),
        "encrypted.pdf": (pdf(
            catalog + one_page + page % (b"600", b"800"),
            b"<</Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O(x)/U(y)/P -4>>/ID[(a)(a)]>>"), True),
        "broken.zip": (b"PK\x03\x04" + text, False), "no-files.zip": (bundle({}), False),
        "word.docx": (bundle({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), False),
        "bomb.zip": (bundle({"bomb.jpg": b"\0" * 30_000_000}, compression=zipfile.ZIP_DEFLATED), False),
        "nested.zip": (bundle({"inner.zip": bundle({"a.jpg": good})}), False),
        "heic.heic": (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + text, False),
        "webp.webp": (b"RIFF\x10\0\0\0WEBPVP8 " + text, False), "bmp.bmp": (b"BM" + b"\xff" * 60, False),
    }


def _text_bomb():
    body = b"Comment\0\0" + zlib.compress(b"A" * 20_000_000)
    return struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
