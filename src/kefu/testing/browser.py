"""A real browser at the real web server, for stories that are told on screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright
from pypdf import PdfReader

from kefu.organisation.models import User
from kefu.testing.house import PASSWORD
from kefu.testing.programs import web_server

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
WIDE, PHONE = (1440, 900), (390, 844)
PATIENCE = 30_000  # milliseconds for a page, on a busy machine
expect.set_options(timeout=PATIENCE)


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
    with web_server(home) as web:
        yield web.url


class Desk:
    """One person's window. What the browser complains about is kept in `complaints`."""

    def __init__(self, browser: Browser, url: str, at: datetime, size: tuple[int, int] = WIDE) -> None:
        self.url, self.complaints = url, list[str]()
        self.context: BrowserContext = browser.new_context(
            base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": size[0], "height": size[1]}
        )
        self.context.set_default_timeout(PATIENCE)
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
