"""`python -m tests.journey.pictures`: the README's pictures, taken from a fresh demo county in Chromium."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.journey.conftest import ARGUMENTS, CHROMIUM, DESKTOP

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs"
BIND = "127.0.0.1:8199"
LINE = re.compile(r"^\s+\S+\s+(\w+)\s+([a-z0-9]{4}(?:-[a-z0-9]{4})+)\s", re.M)


def main() -> int:
    """Start the demo, sign a few sheets off as the clerk does, and take the pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "SHIBIAO_DATA_DIR": folder, "SHIBIAO_BIND": BIND, "SHIBIAO_COUNTY_NAME": "伊川县"}
        demo = subprocess.Popen([sys.executable, "-m", "service", "demo"], cwd=ROOT, env=env,
                                stdout=subprocess.PIPE, text=True)
        try:
            take(dict(LINE.findall(told(demo))))
        finally:
            demo.terminate()
            demo.wait(60)
    return 0


def told(demo: subprocess.Popen) -> str:
    """What the demo prints until it is ready: the accounts among it."""
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    return "".join(lines)


def take(passwords: dict[str, str]) -> None:
    """All pictures, each as the person whose screen it is."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)

        def opened(login: str) -> Page:
            page = browser.new_context(base_url=f"http://{BIND}", viewport=DESKTOP, locale="zh-CN").new_page()
            page.goto("/login")
            page.fill("[name=login]", login)
            page.fill("[name=password]", passwords[login])
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/login" not in url)
            return page

        clerk = opened("clerk")
        review(clerk)
        bureau = opened("bureau")
        reports(bureau)
        child(bureau)
        upload(opened("school"))
        browser.close()


def shot(page: Page, name: str, path: str | None = None) -> None:
    """The page as it stands (or at `path`) as docs/<name>.png."""
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)
    page.screenshot(path=PICTURES / f"{name}.png")


def review(page: Page) -> None:
    """The desk with a form and with a table, after a few sheets were signed off by keyboard."""
    page.goto(desk_of(page, "home_visit", "001.jpg"))
    shot(page, "review")
    for name in ("002.jpg", "003.jpg", "005.jpg"):
        sign_off(page, desk_of(page, "home_visit", name))
    page.goto(desk_of(page, "township_table", "001.jpg"))
    shot(page, "review-table")
    sign_off(page, page.url)


def desk_of(page: Page, form: str, name: str) -> str:
    """The desk's address of the sheet read from the sample `name`."""
    page.goto(f"/archive?form={form}")
    page.fill("#f-text", name)
    page.click("button:has-text('查找')")
    return page.locator("a.child-name").first.get_attribute("href").replace("/sheets/", "/review/")


def sign_off(page: Page, desk: str) -> None:
    """Accept what the machine read, confirm what objects, and sign: a clerk who finds nothing wrong."""
    page.goto(desk)
    page.wait_for_timeout(1000)
    for _ in range(120):
        if page.evaluate("document.activeElement.matches('.btn-sign')"):
            break
        page.keyboard.press("Enter")
        page.keyboard.press("Alt+Enter")
        page.wait_for_timeout(30)
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(1500)
    print(desk, "→", page.url)


def reports(page: Page) -> None:
    """The month at a glance."""
    shot(page, "home", "/")


def child(page: Page) -> None:
    """The file of a child one of whose papers was just signed off."""
    page.goto("/archive?form=home_visit&state=signed")
    links = page.locator("a[href*='/students/']")
    if links.count():
        links.first.click()
    shot(page, "child")


def upload(page: Page) -> None:
    """A school that has just handed files in."""
    page.goto("/uploads")
    page.set_input_files("input[type=file]", [ROOT / "sample_scans" / "home_visit" / f"{n:03}.jpg" for n in (4, 9, 11)])
    page.wait_for_timeout(2500)
    shot(page, "upload")


if __name__ == "__main__":
    sys.exit(main())
