"""Small real files for tests: pictures that open, and things that are none."""

import io
import zipfile

from PIL import Image


def jpeg(number: int = 0) -> bytes:
    """A picture that opens; each number gives other bytes."""
    out = io.BytesIO()
    colour = (number % 256, number // 256 % 256, 128)
    Image.new("RGB", (32, 24), colour).save(out, "JPEG", comment=str(number).encode())
    return out.getvalue()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as bundle:
        for name, data in members.items():
            bundle.writestr(name, data)
    return out.getvalue()
