"""The throw-away process that opens risky files: limited in memory, time and reach, answering over a pipe.

Started as a script by ocr.render. Each line on standard input is a command (`inspect` or `page N`);
each answer is one line of JSON, followed for a page by its BGR bytes.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run by path, so that no environment variable decides what is imported
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from ocr.errors import UnreadableFile
from ocr.filetype import FileKind, Limits


class PictureFile:
    """TIFF, HEIC and WebP through Pillow."""

    def __init__(self, path: Path, kind: str, limits: Limits) -> None:
        from ocr.picture import open_picture

        self.kind, self.limits = kind, limits
        self.picture = open_picture(path, kind, limits)

    def inspect(self) -> FileKind:
        return FileKind(self.kind, self._pages(), *self.picture.size)

    def page(self, index: int) -> tuple[dict[str, Any], bytes]:
        from ocr.picture import check_size, decode, dpi_of

        if index:
            self.picture.seek(index)
            check_size(self.picture, self.limits)
        rgb, missing = decode(self.picture)
        head = {"width": rgb.width, "height": rgb.height, "dpi": dpi_of(self.picture), "missing": missing}
        return head, rgb.tobytes("raw", "BGR")

    def _pages(self) -> int:
        from ocr.errors import DamagedFile, TooManyPages

        if self.kind != "tiff":
            return 1
        for index in range(1, self.limits.pages + 1):
            try:
                self.picture.seek(index)
            except EOFError:
                self.picture.seek(0)
                return index
            except Exception as broken:  # noqa: BLE001  a broken directory leads to any error
                raise DamagedFile(repr(broken)) from broken
        raise TooManyPages(f"more than {self.limits.pages}")


class PdfFile:
    """PDF through pdfium."""

    DPI = 220  # what the recogniser needs of handwriting, with some to spare
    PIXELS = 20_000_000

    def __init__(self, path: Path, kind: str, limits: Limits) -> None:
        import pypdfium2

        from ocr.errors import DamagedFile, EncryptedPdf

        self.limits = limits
        try:
            self.pdf = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as broken:
            error = EncryptedPdf if "password" in str(broken).lower() else DamagedFile
            raise error(str(broken)) from broken

    def inspect(self) -> FileKind:
        from ocr.errors import DamagedFile, TooManyPages

        pages = len(self.pdf)
        if pages < 1:
            raise DamagedFile("no pages")
        if pages > self.limits.pages:
            raise TooManyPages(f"{pages} pages")
        return FileKind("pdf", pages)

    def page(self, index: int) -> tuple[dict[str, Any], bytes]:
        from ocr.errors import DamagedFile

        try:
            page = self.pdf[index]
            width, height = page.get_size()
            scale = self._scale(width, height)
            bitmap = page.render(scale=scale, force_bitmap_format=2, rev_byteorder=False)
        except UnreadableFile:
            raise
        except Exception as broken:  # noqa: BLE001  pdfium's errors are of several kinds
            raise DamagedFile(repr(broken)) from broken
        stride, row = bitmap.stride, bitmap.width * 3
        data = bytes(bitmap.buffer)
        if stride != row:
            data = b"".join(data[at:at + row] for at in range(0, stride * bitmap.height, stride))
        head = {"width": bitmap.width, "height": bitmap.height, "dpi": scale * 72, "missing": 0.0}
        return head, data

    def _scale(self, width: float, height: float) -> float:
        """Pixels a point: DPI, more for pages that state a tiny size, less where pixels run out."""
        from ocr.errors import DamagedFile

        if not (0.5 < width < 1e6 and 0.5 < height < 1e6):
            raise DamagedFile(f"page of {width}x{height} points")
        wanted = max(self.DPI / 72, 1800 / max(width, height))
        most = min(self.PIXELS, self.limits.pixels)
        return float(min(wanted, (most / (width * height)) ** 0.5, 20000 / max(width, height)))


def confine(limits: Limits) -> None:
    """Give up memory, time, files, core dumps and, where the kernel lets us, the network."""
    try:
        import resource
    except ImportError:  # not a POSIX system: the parent's clock is the only limit
        return
    for what, most in ((resource.RLIMIT_AS, limits.child_bytes), (resource.RLIMIT_FSIZE, 0),
                       (resource.RLIMIT_CPU, limits.child_cpu_seconds), (resource.RLIMIT_CORE, 0),
                       (resource.RLIMIT_NOFILE, 64)):
        resource.setrlimit(what, (most, most))
    _leave_the_network()


def _leave_the_network() -> None:
    import ctypes

    try:
        libc = ctypes.CDLL(None)
        libc.prctl(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL: never outlive the parent
        libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        libc.unshare(0x10000000 | 0x40000000)  # CLONE_NEWUSER | CLONE_NEWNET, refused on some systems
    except (OSError, AttributeError):
        return


def answer(head: dict[str, Any], data: bytes = b"") -> None:
    """Write one answer to the parent."""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


def main(path: str, kind: str, limits: str) -> int:
    """Serve the parent's commands until it closes the pipe or something breaks."""
    bounds = Limits(**json.loads(limits))
    confine(bounds)
    try:
        file = (PdfFile if kind == "pdf" else PictureFile)(Path(path), kind, bounds)
        for line in sys.stdin:
            command, _, index = line.strip().partition(" ")
            if command == "inspect":
                answer(asdict(file.inspect()))
            else:
                answer(*file.page(int(index)))
    except UnreadableFile as unreadable:
        answer({"error": unreadable.code, "detail": unreadable.detail[:300]})
    except MemoryError:
        answer({"error": "rendering_failed", "detail": "out of memory"})
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
