"""Errors a user can meet: each says in Chinese what happened and what to do about it."""

from __future__ import annotations


class ShibiaoError(Exception):
    """Base of all errors shown to people.

    `code` is stable and for programs, `message` and `advice` are Chinese sentences for people.
    """

    code = "error"
    message = "操作没有完成。"
    advice = "请稍后再试；如果仍然不行，请联系管理员。"

    def __init__(self, message: str | None = None, advice: str | None = None) -> None:
        self.message = message or self.message
        self.advice = advice or self.advice
        super().__init__(self.message)


class NotFound(ShibiaoError):
    """Absent, or another unit's: the two are never told apart."""

    code = "not_found"
    message = "没有找到这项内容。"
    advice = "它可能已被移走，或不属于您的单位。"


class NotAllowed(ShibiaoError):
    """The person's role does not include this action."""

    code = "not_allowed"
    message = "您的账号没有这项权限。"
    advice = "如确有需要，请向教体局管理员申请。"


class Invalid(ShibiaoError):
    """What was sent does not fit; the message names the field."""

    code = "invalid"
    message = "提交的内容有误。"
    advice = "请按提示修改后再提交。"


class Conflict(ShibiaoError):
    """Somebody else changed the same thing first."""

    code = "conflict"
    message = "别人刚刚修改了同一项内容。"
    advice = "请对照两边的内容后再保存。"


class Unavailable(ShibiaoError):
    """A part the request needs cannot be reached now; nothing was changed."""

    code = "unavailable"
    message = "系统暂时繁忙，内容没有保存。"
    advice = "请过一会儿再试，文件请勿删除。"


class StorageFull(ShibiaoError):
    """The disk refuses to take more; no receipt was given."""

    code = "storage_full"
    message = "服务器存储空间不足，文件没有保存。"
    advice = "请保留好原件，并通知管理员清理磁盘后重新上传。"
