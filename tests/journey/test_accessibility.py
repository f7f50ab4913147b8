"""Every screen under axe-core's eye and at both sizes: no serious finding, no scrolling sideways."""

import importlib
import itertools
import os
import re
from pathlib import Path

import pytest

from tests.access.rows import PUBLIC, Row
from tests.access.targets import TARGETS
from tests.conftest import County
from tests.journey.conftest import DESKTOP, PHONE, fits, until
from tests.service.case_papers import file_visit
from tests.service.review_sheets import Read, home_visit, put, township_table

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
RUN = """async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
  const found = await axe.run(document, {resultTypes: ["violations"], runOnly: rules});
  const why = (node) => node.any.concat(node.all, node.none).map((check) => check.message).join("; ");
  return found.violations.filter(({impact}) => impact === "serious" || impact === "critical")
    .map(({id, nodes}) => `${id}: ${nodes.slice(0, 4).map((node) => node.target.join(" ") + why(node)).join(" | ")}`);
}"""
FILES = sorted((Path(__file__).parents[1] / "access").glob("rows_*.py"))
ROWS: list[Row] = list(itertools.chain.from_iterable(
    getattr(importlib.import_module(f"tests.access.{path.stem}"), "ROWS", []) for path in FILES))
EYES = ("bureau", "clerk", "school", "system_admin", "security_admin", "audit_admin")
"""Whose eyes a screen is seen with: the first of these who may."""


@pytest.fixture
def county(county: County) -> County:
    """A county in which something has happened: papers waiting, filed, sent back and of unknown form."""
    school, unit = county.users["school"], county.units["城关一小"]
    with county.installation.database.write() as session:
        file_visit(session, county.actor("clerk"), unit, store=county.installation.store)
    put(county.installation, home_visit(sex=Read("男"), age=Read("", False)), school, unit)
    table = township_table({(2, "prior_year"): Read("18", False, ("16",))})
    put(county.installation, table, school, county.units["城关"])
    return county


def screens(county: County) -> dict[str, list[str]]:
    """The addresses of all screens, by the user who is to see them."""
    found: dict[str, list[str]] = {}
    for row in ROWS:
        if row.method != "GET" or row.rule.startswith(("/api/v1/", "/static", "/metrics")) or "export" in row.rule:
            continue
        if row.prepare:
            row.prepare(county)
        values = dict(row.values)
        if row.target:
            names = re.findall(r"<(?:[^<>]+:)?(\w+)>", row.rule)
            values[next(name for name in reversed(names) if name not in values)] = TARGETS[row.target](county).own
        path = re.sub(r"<(?:[^<>]+:)?(\w+)>", lambda place, values=values: str(values[place[1]]), row.rule)
        query = "&".join(f"{name}={value}" for name, value in row.query.items())
        user = "" if row.allowed == PUBLIC else next(one for one in EYES if one in row.allowed)
        found.setdefault(user, []).append(path + (f"?{query}" if query else ""))
    return found


def visited(page, paths: list[str]):
    """Each of the addresses that is a screen, opened; a piece that a screen takes in is seen within that screen."""
    asked: set[object] = set()
    page.on("request", lambda request: asked.add(request))
    page.on("requestfinished", lambda request: asked.discard(request))
    page.on("requestfailed", lambda request: asked.discard(request))
    for path in paths:
        answer = page.request.get(path)
        if "html" in answer.headers.get("content-type", "") and "<html" in answer.text():
            page.goto(path)
            until(page, lambda: not asked)
            yield path


DIALOGS = ("help", "return", "skip", "ask", "set-aside", "conflict", "twins")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_dialog_of_the_desk_has_a_serious_finding_or_hangs_out_of_the_screen(open_page, county, viewport):
    unit = county.units["城关一小"]
    visit = put(county.installation, home_visit(reason=Read("", False)), county.users["school"], unit)
    page, faults = open_page("clerk", viewport=viewport), []
    page.goto(f"/review/{visit}")
    until(page, "document.activeElement.dataset.key === '0.reason'")  # its phrases are open
    page.evaluate(AXE)
    faults += [f"phrases: {fault}" for fault in page.evaluate(RUN)]
    for name in DIALOGS:
        page.evaluate("name => document.getElementById(name).showModal()", name)
        faults += [f"{name}: {fault}" for fault in page.evaluate(RUN)]
        inside = page.evaluate("""name => { const box = document.getElementById(name).getBoundingClientRect();
            return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight; }""", name)
        faults += [] if inside and fits(page) else [f"{name}: hangs out of the screen"]
        if "PICTURES" in os.environ:
            page.screenshot(path=f"{os.environ['PICTURES']}/{name}-{viewport['width']}.png")
        page.evaluate("name => document.getElementById(name).close()", name)
    assert not faults, "\n".join(faults)


def test_no_screen_has_a_serious_finding_or_scrolls_sideways(open_page, county):
    faults, seen = [], 0
    for user, paths in screens(county).items():
        page = open_page(user or None)
        for path in visited(page, paths):
            seen += 1
            page.evaluate(AXE)
            for size in (DESKTOP, PHONE):
                page.set_viewport_size(size)
                faults += [f"{user} {path} at {size['width']}: {fault}" for fault in page.evaluate(RUN)]
                if not fits(page):
                    faults.append(f"{user} {path}: scrolls sideways at {size['width']}")
            page.set_viewport_size(DESKTOP)
    assert not faults, "\n".join(faults)
    assert seen >= 25
