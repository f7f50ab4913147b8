"""A real browser on a real server: Chromium, waitress in a thread, and a claim loop on request."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Error, Page, sync_playwright
from waitress.server import create_server
from waitress.wasyncore import close_all

from service.models import User
from service.reading import Reader
from service.web import sessions
from tests.conftest import County
from workers.loop import run

CHROMIUM = Path(os.environ.get("TEST_CHROMIUM", "/usr/bin/chromium"))
UNUSED = (
    # Two pages of Chromium's own address bar, in every window and told of every step: a third of the browser's time.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess",  # a process in reserve for a window that soon closes
    # What Playwright turns off itself: of several such lists Chromium goes by the last.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)
"""Parts of Chromium that no test looks at."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", f"--disable-features={','.join(UNUSED)}"]
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PATIENCE = 60
"""Seconds after which what a test waits for is held never to come: many times what a busy machine needs."""


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once for each pytest process."""
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the county's web server."""
    sockets: dict = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=6)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown(timeout=PATIENCE)  # what is being answered still wants the server to wake
    # Every socket, in the thread that waits on them: one whose request was still queued would never be left.
    server.trigger.pull_trigger(lambda: close_all(sockets))
    thread.join(timeout=PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def open_page(chromium, county: County, address: str) -> Iterator[Callable]:
    """`open_page("school", viewport=PHONE)`: a page of its own for which that user has logged in.

    The login is put there without its screen, which a test of its own goes through. The test fails when the page
    breaks its content policy or throws an error.
    """
    contexts, faults = [], []

    def opened(key: str | None = None, viewport=DESKTOP, **options):
        # Colours are judged as they are, not half-way through a button's change of colour.
        context = chromium.new_context(base_url=address, viewport=viewport, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda line: faults.append(line.text)
                if "Content Security Policy" in line.text or "Refused to" in line.text else None)
        if key is not None:
            context.add_cookies([login_cookie(county, key) | {"url": address}])
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, faults


def login_cookie(county: County, key: str) -> dict:
    """The cookie of a session of its own of the user of this key."""
    settings = county.installation.settings
    with county.installation.database.write() as session:
        token = sessions.start(session, settings, session.get_one(User, county.users[key]))
    return {"name": sessions.cookie_name(settings), "value": token, "httpOnly": True, "sameSite": "Lax"}


@pytest.fixture
def browser_page(open_page):
    """`browser_page("clerk")`: the same, by the name other tests use."""
    return open_page


@pytest.fixture
def reading(county: County) -> Iterator[Callable[[Reader], None]]:
    """`reading(reader)`: from now on a claim loop reads what is handed in, with this reader."""
    stop, threads = threading.Event(), []

    def start(reader: Reader) -> None:
        thread = threading.Thread(target=run, args=(county.installation, reader, stop), daemon=True)
        thread.start()
        threads.append(thread)

    yield start
    stop.set()
    for thread in threads:
        thread.join(timeout=10)


def until(page: Page, condition: str | Callable[[], object]) -> None:
    """Wait for a condition in the page, or for one of the test's own.

    A condition that throws is not true yet: the page may just be on its way elsewhere. The content policy forbids
    the library's own way of waiting.
    """
    def holds() -> object:
        return page.evaluate(condition) if isinstance(condition, str) else condition()

    last: object = None
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if holds():
                return
        except Error as error:
            last = error
        assert time.monotonic() < end, f"never came: {condition} {last or ''}"
        page.wait_for_timeout(15)


def eventually(condition: Callable[[], object]) -> None:
    """Wait for what becomes true without a page."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "never came"
        time.sleep(0.02)


def fits(page) -> bool:
    """Whether the page needs no scrolling sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
