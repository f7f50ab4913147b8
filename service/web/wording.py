"""Words and formats that all screens share: local times, names of roles and states, the navigation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request

from service import access
from service.cases import work
from service.web.context import csrf, installation

LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has one time and no summer time."""

ROLE_WORDS: Mapping[str, str] = {
    "school": "学校经办人", "township": "乡镇中心校", "clerk": "审核员", "bureau": "教体局",
    "system_admin": "系统管理员", "security_admin": "安全管理员", "audit_admin": "审计管理员",
    "viewer": "数据查阅",
}
UNIT_WORDS: Mapping[str, str] = {"bureau": "教体局", "township": "乡镇中心校", "school": "学校"}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation: shown to roles that include `permission`."""

    label: str
    path: str
    permission: str
    also: tuple[str, ...] = ()
    """Other addresses that belong to it."""

    def covers(self, path: str) -> bool:
        """Whether the page at `path` lies under this entry."""
        return any(path == place or path.startswith(f"{place}/") for place in (self.path, *self.also))


NAVIGATION = (
    Link("上传", "/uploads", access.UPLOAD, ("/scans",)),
    Link("审核", "/review", access.REVIEW),
    Link("待办", "/tasks", access.FILES),
    Link("学生档案", "/students", access.FILES, ("/sheets", "/transfers", "/home-teaching")),
    Link("学校", "/schools", access.FILES, ("/plans",)),
    Link("档案检索", "/archive", access.FILES),
    Link("名单", "/lists", access.LISTS),
    Link("报表", "/reports", access.FIGURES),
    Link("录入质量", "/quality", access.QUALITY),
    Link("识别校准", "/learning", access.LEARNING),
    Link("账号", "/admin/accounts", access.ACCOUNTS, ("/admin/tokens",)),
    Link("单位", "/admin/units", access.UNITS),
    Link("任务队列", "/admin/queue", access.UNITS),
    Link("审计", "/admin/audit", access.AUDIT),
)


def local_time(moment: datetime | None) -> str:
    """`2024-05-06 14:03` in China's time; empty for None."""
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if moment else ""


def local_date(day: date | None) -> str:
    """`2024年5月6日`; a datetime is taken in China's time; empty for None."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = day.astimezone(LOCAL).date()
    return f"{day.year}年{day.month}月{day.day}日"


def today() -> date:
    """The day it is in China."""
    return datetime.now(UTC).astimezone(LOCAL).date()


def page_link(page: int) -> str:
    """This request's address with another page number."""
    rest = [(key, value) for key, value in request.args.items(multi=True) if key != "page"]
    return f"{request.path}?{urlencode([*rest, ('page', page)])}"


def prepare(app: Flask) -> None:
    """Give all templates the filters and the values of the frame around a screen."""
    app.add_template_filter(local_time)
    app.add_template_filter(local_date)
    app.add_template_filter(_role_word, "role_word")
    app.add_template_filter(_unit_word, "unit_word")
    app.add_template_global(csrf)
    app.add_template_global(page_link)
    app.add_template_global(_open_work, "open_work")
    app.context_processor(_frame)


def _role_word(role: str) -> str:
    return ROLE_WORDS.get(role, role)


def _unit_word(kind: str) -> str:
    return UNIT_WORDS.get(kind, kind)


def _open_work() -> work.Counts | None:
    """What waits for the person, for the screens that people come to first."""
    actor = g.get("actor")
    if actor is None or not actor.may(access.FILES):
        return None
    with installation().database.read() as session:
        return work.counts(session, actor)


def _frame() -> dict[str, Any]:
    actor = g.get("actor")
    links = [link for link in NAVIGATION if actor and actor.may(link.permission)]
    here = next((link.path for link in links if link.covers(request.path)), "")
    return {"actor": actor, "csrf_token": csrf(), "navigation": links, "here": here,
            "county_name": installation().settings.county_name, "unit_name": g.get("unit_name", "")}
