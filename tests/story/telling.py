"""How stories are told on screen: the windows of the people, the customer they are about, and where the journey stands."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connections
from playwright.sync_api import expect

from kefu.customers.models import Customer
from kefu.journey.tests.walking import Walk
from kefu.organisation.models import User
from kefu.testing.browser import PHONE, WIDE, Desk
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.stories import customer_of

SCAN = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)  # the smallest PNG
STAR = re.compile(r"\*$")


def on(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the year of the stories."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


class Windows:
    """Every person's window at the house, opened when it is needed first."""

    def __init__(self, sit_down: Callable[[User, datetime], Desk]) -> None:
        self._sit_down, self._open = sit_down, dict[int, Desk]()

    def of(self, user: User, moment: datetime) -> Desk:
        """The person's window at that moment."""
        if user.pk not in self._open:
            self._open[user.pk] = self._sit_down(user, moment)
        self._open[user.pk].at(moment)
        return self._open[user.pk]

    def nobody_complained(self) -> None:
        """What a browser complained about fails the story it happened in."""
        heard = [complaint for desk in self._open.values() for complaint in desk.complaints]
        for desk in self._open.values():
            desk.complaints.clear()
        assert not heard, "\n".join(heard)

    def close(self) -> None:
        """Everybody leaves."""
        for desk in self._open.values():
            desk.close()


@dataclass
class Story:
    """The people at their windows, and the customer once there is one."""

    cast: Cast
    windows: Windows
    name: str = ""
    customer: str = ""
    _walk: Walk | None = None

    def at(self, user: User, moment: datetime | None = None) -> Desk:
        """The person's window at that moment, else half an hour after the last thing that happened."""
        return self.windows.of(user, moment or self.walk.at + timedelta(minutes=30))

    @property
    def walk(self) -> Walk:
        """The customer's way so far."""
        assert self._walk is not None
        return self._walk

    def begins(self, name: str, last: str = "", at: datetime | None = None) -> None:
        """A customer who has come so far already: up to and including that node, an hour a step."""

        def come() -> Walk:
            phone = f"1000000{Customer.objects.count() + 100:04}"
            walk = Walk(self.cast, customer_of(self.cast, name, phone), at or self.cast.at)
            return walk.to(last) if last else walk

        self._walk = for_good(come)
        self.name, self.customer = name, str(self._walk.customer.pk)

    def goes_on(self, *steps: str) -> None:
        """The customer takes these steps too, the same way as those before."""
        for step in steps:
            self.walk.at += timedelta(hours=1)
            for_good(getattr(self.walk, step))

    def stands(self, desk: Desk, node: str, status: str, *why: str) -> None:
        """Board and customer page show whose turn it is and the status word, the timeline says why."""
        desk.open("/journeys/")
        card = desk.page.locator("li.bd-card", has=desk.page.get_by_role("link", name=self.name, exact=True))
        expect(card.locator("xpath=preceding-sibling::li[contains(@class,'bd-sub')][1]/a")).to_have_text(node)
        expect(card).to_contain_text(status)
        desk.open(f"/customers/{self.customer}/")
        expect(desk.page.locator("li[aria-current=step] b")).to_have_text(node)
        desk.sees(status, within=".kf-journey-head")
        for words in why:
            desk.sees(words, within="#timeline")


T = TypeVar("T")


def for_good(work: Callable[[], T]) -> T:
    """Do it on a connection of its own, where it is committed: what a test does itself the web server never sees."""

    def and_leave() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as own:
        return own.submit(and_leave).result()


@contextmanager
def phone(desk: Desk) -> Iterator[Desk]:
    """The same person with the telephone in the hand."""
    desk.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    yield desk
    desk.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def fits(desk: Desk) -> None:
    """Nothing of the page lies beyond the right edge of the screen."""
    wide, seen = desk.page.locator("main").evaluate(
        "main => [main.ownerDocument.documentElement.scrollWidth, window.innerWidth]"
    )
    assert wide <= seen, f"{desk.page.url} is {wide} px wide"


def answer_what_is_required(desk: Desk) -> None:
    """Something plausible for each question with a star."""
    page = desk.page
    for group in page.get_by_role("radiogroup", name=STAR).all():
        group.get_by_role("radio").first.check()
    for group in page.get_by_role("group", name=STAR).all():
        group.get_by_role("checkbox").first.check()
    for box in page.get_by_role("textbox", name=STAR).all():
        box.fill("容易累")
    for number in page.get_by_role("spinbutton", name=STAR).all():
        number.fill("7")
