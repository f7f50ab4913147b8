"""What can be wrong with a file: one error per cause, each with a message and advice in Chinese."""

from __future__ import annotations


class UnreadableFile(Exception):
    """A file that cannot become sheets. `code` is stable; the texts are for the person who sent it."""

    code = "unreadable"
    message_zh = "这个文件无法读取。"
    advice_zh = "请重新扫描或拍照后再上传。"

    def __init__(self, detail: str = "") -> None:
        """`detail` is for the log of the operator, never for the screen."""
        super().__init__(detail or self.message_zh)
        self.detail = detail


class EmptyFile(UnreadableFile):
    """No bytes, or too few to be any picture."""

    code = "empty"
    message_zh = "文件是空的。"
    advice_zh = "请检查文件是否保存完整，再重新上传。"


class NotAnImage(UnreadableFile):
    """Bytes that are no kind of picture or PDF we read, whatever the name says."""

    code = "not_an_image"
    message_zh = "这不是可以识别的图片或 PDF 文件。"
    advice_zh = "请上传 JPG、PNG、TIFF、HEIC、WebP、BMP 图片或 PDF；Word、Excel 文件请先另存为 PDF。"


class TooLarge(UnreadableFile):
    """More bytes or pixels than a sheet can need."""

    code = "too_large"
    message_zh = "图片尺寸过大。"
    advice_zh = "请用 200–300 dpi 重新扫描，或把图片缩小后再上传。"


class TooManyPages(UnreadableFile):
    """More pages than one upload may carry."""

    code = "too_many_pages"
    message_zh = "文件页数过多。"
    advice_zh = "每个文件最多 50 页，请拆成几个文件上传。"


class EncryptedPdf(UnreadableFile):
    """A PDF that asks for a password."""

    code = "encrypted"
    message_zh = "这个 PDF 有密码保护，无法打开。"
    advice_zh = "请去掉密码后再上传，或打印后重新扫描。"


class DamagedFile(UnreadableFile):
    """The right kind of file with broken contents."""

    code = "damaged"
    message_zh = "文件已损坏，打不开。"
    advice_zh = "请在电脑或手机上确认能打开，再重新上传；打不开的请重新扫描或拍照。"


class RenderingFailed(UnreadableFile):
    """The limited child that renders risky files ran out of time or memory, or died."""

    code = "rendering_failed"
    message_zh = "文件内容异常，处理时超出了限制。"
    advice_zh = "请把文件打印后重新扫描，或截图保存为图片后上传。"


ERRORS: dict[str, type[UnreadableFile]] = {
    error.code: error
    for error in (UnreadableFile, EmptyFile, NotAnImage, TooLarge, TooManyPages, EncryptedPdf,
                  DamagedFile, RenderingFailed)
}
