"""`python -m tests.bench.clerk`: a simulated clerk works sample_scans off at the real screens, keys counted.

Its speed is the keystroke-level model's (Card, Moran & Newell, The Keystroke-Level Model for User
Performance Time, CACM 23(7), 1980): K = 0.28 s a key of an average typist, M = 1.35 s to look at a field
and make up one's mind. Chinese is typed as pinyin, one key for choosing each word. The clerk knows what
is on the paper, but looks only where the screen leads: what the machine accepted wrongly stays wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from ocr.pipeline import Reader
from service import review
from service.config import Settings
from service.demo import seed
from service.installation import Installation, migrate, open_installation
from service.models import Sheet
from service.reading import work
from service.web import build_app
from tests.bench.clerk_hand import Hand, from_nothing, same
from tests.bench.held import SAMPLES
from tests.journey.conftest import ARGUMENTS, CHROMIUM, DESKTOP

_MOST_STEPS = 400
STATE = """() => {
  const key = document.activeElement?.dataset?.key ?? "", desk = document.querySelector("#desk");
  return {key, path: location.pathname, sheet: desk && JSON.parse(desk.dataset.desk).sheet_id,
    atEnd: Boolean(document.activeElement?.matches?.(".btn-sign")), mode: document.activeElement?.dataset?.mode ?? "",
    value: document.activeElement?.value ?? "",
    picks: [...document.querySelectorAll("#cell-choices .candidate, .field-card.is-current .candidate")]
      .map((button) => button.lastChild.textContent.trim()),
    row: [...(document.activeElement?.closest("tr")?.querySelectorAll("td[data-key]") ?? [])]
      .map((cell) => [cell.dataset.key, cell.querySelector("input").value, cell.classList.contains("is-waiting")]),
    fixes: [...document.querySelectorAll(".objection:not(.is-confirmed)")].map((one) => one.textContent)};
}"""


@dataclass
class Tally:
    """What the work took: keys and model seconds, beside typing the same sheets from nothing."""

    sheets: int = 0
    sent_back: int = 0
    keys: int = 0
    seconds: float = 0.0
    typed_keys: int = 0
    typed_seconds: float = 0.0
    left: list[str] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    fields: int = 0
    shown: list[int] = field(default_factory=list)
    """Milliseconds from signing off to the next sheet on screen, as the desk itself took them."""


def main(arguments: list[str]) -> int:
    """Reads the samples, works them off, prints keys, seconds and the errors left."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.clerk")
    parser.add_argument("--show", action="store_true", help="print each wrong field and each sheet left")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", county_name="示范县")
        migrate(settings)
        installation = open_installation(settings)
        accounts = {account.login: account.password for account in seed(installation, SAMPLES).accounts}
        reader = Reader()
        while work(installation, reader, "bench"):
            pass
        tallies = {"home_visit": Tally(), "township_table": Tally()}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            day(installation, browser, accounts["clerk"], tallies)
            browser.close()
        installation.close()
    for form, tally in tallies.items():
        tell(form, tally, asked.show)
    return 0


def day(installation: Installation, browser, password: str, tallies: dict[str, Tally]) -> None:
    """Every waiting sheet of a known form, opened at the desk and signed off."""
    server = create_server(build_app(installation), host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    page = browser.new_context(base_url=f"http://127.0.0.1:{server.effective_port}", viewport=DESKTOP).new_page()
    page.goto("/login")
    page.fill("[name=login]", "clerk")
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    known = {hashlib.sha256(path.with_name(path.name.replace(".expected.json", ".jpg")).read_bytes()).hexdigest(): path
             for path in SAMPLES.rglob("*.expected.json")}
    with installation.database.read() as session:
        waiting = [(sheet.id, sheet.template, known.get(sheet.scan.sha256)) for sheet in session.query(Sheet)]
    for sheet_id, template, path in waiting:
        expected = json.loads(path.read_text(encoding="utf-8")) if path else {}
        tally = tallies.get(expected.get("template", ""))
        if tally is None:
            continue
        if template != expected["template"]:
            tally.left.append(f"{path.name}: read as {template}")
            continue
        sheet_done(installation, page, sheet_id, expected, tally, path.name)
    server.close()


def sheet_done(installation: Installation, page: Page, sheet_id: int, expected: dict, tally: Tally, name: str) -> None:
    """Work one sheet off and add what it took."""
    page.goto(f"/review/{sheet_id}")
    page.wait_for_selector("#layer[style]", state="attached")
    page.wait_for_timeout(250)
    hand = Hand(page, truth(expected))
    if not hand.truth:  # nobody could read it: the school is asked for a better picture
        hand.press("Alt+r", "1", "Enter")
        page.wait_for_url(lambda url: not url.endswith(f"/review/{sheet_id}"))
        tally.sent_back += 1
        tally.keys, tally.seconds = tally.keys + hand.keys, tally.seconds + hand.seconds
        return
    if not worked_off(page, hand, sheet_id):
        tally.left.append(f"{name}: {hand.stuck}")
        return
    shown = page.evaluate("document.querySelector('#desk')?.dataset.shownIn")
    tally.shown += [int(shown)] if shown else []
    typed = from_nothing(hand.truth)
    tally.sheets, tally.keys, tally.seconds = tally.sheets + 1, tally.keys + hand.keys, tally.seconds + hand.seconds
    tally.typed_keys, tally.typed_seconds = tally.typed_keys + typed[0], tally.typed_seconds + typed[1]
    with installation.database.read() as session:
        sheet = session.get_one(Sheet, sheet_id)
        held = review.effective(session, sheet)
        for key, value in hand.truth.items():
            tally.fields += 1
            if key not in held or not same(held[key].value, value):
                who = "accepted by the machine" if key in held and not held[key].decision else "after the clerk"
                tally.wrong[f"{who}: {name} {key[1]}"] += 1


def worked_off(page: Page, hand: Hand, sheet_id: int) -> bool:
    """Follow the focus until the sheet is signed off; False when the clerk gives up."""
    for _ in range(_MOST_STEPS):
        state = page.evaluate(STATE)
        if state["sheet"] != sheet_id:
            page.wait_for_timeout(100)  # two frames, until the desk has written down how long it took
            return True
        if state["atEnd"] and hand.signed(state):
            page.wait_for_timeout(350)
            continue
        if not hand.step(state):
            return False
        page.wait_for_timeout(25)
    hand.stuck = "too many steps"
    return False


def truth(expected: dict) -> dict[tuple[int, str], str]:
    """What is on the paper, by row and field."""
    found = {(0, name): value for name, value in expected.get("fields", {}).items()}
    for row, values in enumerate(expected.get("rows", ()), start=1):
        found |= {(row, name): value for name, value in values.items()}
    return found | {(-1, name): value for name, value in expected.get("totals", {}).items()}


def tell(form: str, tally: Tally, show: bool) -> None:
    """The figures of a form."""
    count, wrong = max(1, tally.sheets), sum(tally.wrong.values())
    by_machine = sum(number for place, number in tally.wrong.items() if place.startswith("accepted"))
    print(f"{form}: {tally.sheets} sheets signed off, {tally.sent_back} sent back, {len(tally.left)} left")
    print(f"  with the machine  {tally.keys / count:6.1f} keys  {tally.seconds / count:6.1f} s a sheet")
    print(f"  typed from nothing{tally.typed_keys / count:6.1f} keys  {tally.typed_seconds / count:6.1f} s a sheet")
    print(f"  wrong fields left {wrong} of {tally.fields} ({100 * wrong / max(1, tally.fields):.2f} %), "
          f"{by_machine} of them accepted by the machine")
    if tally.shown:
        ordered = sorted(tally.shown)
        print(f"  next sheet shown  p50 {ordered[len(ordered) // 2]} ms, p95 {ordered[int(0.95 * len(ordered))]} ms "
              f"after signing off ({len(ordered)} times)")
    for line in (*tally.wrong, *tally.left) if show else ():
        print("    ", line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
