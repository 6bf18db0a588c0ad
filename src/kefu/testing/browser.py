"""A real browser at the real web server, for stories that are told on screen."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.error import URLError

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import connection, connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright
from psycopg.conninfo import make_conninfo
from pypdf import PdfReader

from kefu.organisation.models import User
from kefu.testing.house import PASSWORD

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
PATIENCE = 60.0  # seconds for the web server to answer, on a busy machine
WEB = "kefu-story-web"  # how the database knows the server's sessions
WIDE, PHONE = (1440, 900), (390, 844)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine. A test that needs one fails without: nothing is skipped in silence."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail("Chromium is missing. Install it: apt-get install --no-install-recommends chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()
        connections.close_all()  # while the browser's event loop runs, the thread has connections of its own


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The web server of an installation over the test database, with the test clock; gives its address."""
    _lay_out_static(home / "static")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--static-path-route", "/static", "--static-path-mount", str(home / "static"), "--no-ws"]
    log = (home / "web.log").open("wb")
    command.append("kefu.config.asgi:application")
    with log, subprocess.Popen(command, env=_environment(home), stderr=log, start_new_session=True) as program:
        try:
            _wait_for(program, f"http://127.0.0.1:{port}/login/", home / "web.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(program.pid, signal.SIGKILL)  # its workers too: they would keep the test database open
            _wait_until_alone()


def _wait_until_alone() -> None:
    """Until the database has noticed that the killed server is gone."""
    others = "select 1 from pg_stat_activity where datname = current_database() and application_name = %s"
    end = time.monotonic() + 10
    with connection.cursor() as cursor:
        cursor.execute(others, [WEB])
        while cursor.fetchone() and time.monotonic() < end:
            time.sleep(0.05)
            cursor.execute(others, [WEB])


def _environment(home: Path) -> dict[str, str]:
    parts = connection.settings_dict
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    url = make_conninfo(application_name=WEB, **{word: str(parts[name]) for word, name in names.items() if parts[name]})
    ours = {"DATABASE_URL": url, "KEFU_HOME": str(home), "KEFU_SECRET": settings.SECRET_KEY}
    ours |= {"KEFU_TEST_CLOCK": "1", "KEFU_POOL": "1"}
    return os.environ | ours | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _lay_out_static(target: Path) -> None:
    for finder in get_finders():
        for path, storage in finder.list([]):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(storage.path(path), target / path)


def _wait_for(program: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if program.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  our own address
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
    pytest.fail(f"The web server does not answer:\n{log.read_text(errors='replace')[-4000:]}")


class Desk:
    """One person's window. What the browser complains about is kept in `complaints`."""

    def __init__(self, browser: Browser, url: str, at: datetime, size: tuple[int, int] = WIDE) -> None:
        self.url, self.complaints = url, list[str]()
        self.context: BrowserContext = browser.new_context(
            base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": size[0], "height": size[1]}
        )
        self.context.set_default_timeout(15_000)
        self.at(at)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._response)

    def at(self, moment: datetime) -> None:
        """From now on it is that moment."""
        self.moment = moment
        self.context.set_extra_http_headers({"X-Kefu-At": moment.isoformat()})

    def log_in(self, user: User) -> Desk:
        """Through the login page, as everybody does."""
        self.page.goto("/login/")
        self.page.fill("[name=name]", user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(f"{self.url}/")
        return self

    def open(self, path: str) -> int:
        """Go to an address of the house; the status of the answer."""
        answer = self.page.goto(path)
        return answer.status if answer else 0

    def press(self, verb: str) -> None:
        """Press the first button of that name."""
        self.page.get_by_role("button", name=verb, exact=True).first.click()

    def follow(self, words: str) -> None:
        """Follow the first link of that name."""
        self.page.get_by_role("link", name=words, exact=True).first.click()

    def fill(self, label: str, value: str, role: Literal["textbox", "spinbutton"] = "textbox") -> None:
        """Type into the field of that name; the star of a mandatory field is part of it."""
        self.page.get_by_role(role, name=label, exact=True).first.fill(value)

    def choose(self, label: str, option: str) -> None:
        """Choose from the list of that name."""
        self.page.get_by_role("combobox", name=label, exact=True).first.select_option(option)

    def hears(self, words: str) -> None:
        """The house says that something was done."""
        expect(self.page.locator("main [role=status]").first).to_contain_text(words)

    def sees(self, words: str, within: str = "main") -> None:
        """The words stand on the page."""
        expect(self.page.locator(within).first).to_contain_text(words)

    def print(self, verb: str) -> str:
        """Press a print button and read the PDF that opens."""
        with self.page.expect_response(lambda answer: answer.url.endswith(".pdf")) as opened:
            self.press(verb)
        answer = self.context.request.get(opened.value.url)
        assert answer.headers["content-type"] == "application/pdf", answer.status_text
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)

    def close(self) -> None:
        """Leave; what the browser complained about fails the test."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def _console(self, message: ConsoleMessage) -> None:
        expected = message.text.startswith("Failed to load resource") and any(
            f" {code} " in message.text for code in (409, 422, 403, 404)
        )
        if message.type == "error" and not expected:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.request.method} {response.url}: {response.status}")
