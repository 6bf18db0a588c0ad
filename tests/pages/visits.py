"""Every page of the house with somebody who may see it: found by asking, so that a new route is visited without being listed."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import chain, repeat

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from tests.architecture.test_views import declared
from tests.pages.customers import customers_browser
from tests.pages.records import query_for, records_for

from kefu.administration.entering import KEY, Entering
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import describe
from kefu.organisation.models import User
from kefu.testing.cast import AT

PARAMETER = re.compile(r"<(?:\w+:)?\w+>|\(\?P<\w+>([^)]*)\)")
NOT_PAGES = {
    "^api/",  # has tests of its own
    "calendar/<slug:secret>.ics",  # for calendar programs
    "events/",  # never ends
    "files/<int:attachment_id>/",  # whatever was attached
    "healthz",  # for machines
    "receipts/<slug:profile>/",  # for providers
    "receipts/<slug:profile>/<slug:token>/",
}
ALL_RECORDS = {  # routes whose records are pages of their own
    "customers/<int:customer_id>/tabs/<slug:tab>/",
    "lists/<slug:list_code>/views/",
    "lists/runs/<int:run_id>/",
    "questionnaires/<slug:code>/versions/<int:number>/parts/<slug:part>/",
    "reports/<int:pk>/",
}
NO_PAGES = {"files", "i18n", "logout", "prints"}  # areas of verbs and of files

FIRST_ASKED = ("manager", "doctor", "consulting", "service", "keeper", "director", "admin")


@dataclass(frozen=True)
class Visit:
    """An address, and somebody who may see it."""

    url: str
    visitor: Client

    @property
    def cookies(self) -> dict[str, str]:
        """What the visitor's browser holds: the session, a customer's token."""
        return {name: str(cookie.value) for name, cookie in self.visitor.cookies.items()}


class Unvisited(Exception):
    """No record and nobody open this route."""


class House:
    """The people of the demo world with their sessions."""

    def __init__(self) -> None:
        people = User.objects.filter(is_system=False, is_active=True).order_by("job_number")
        order = {name: place for place, name in enumerate(FIRST_ASKED)}
        first, second, *_rest = users = sorted(people, key=lambda user: order.get(user.username, len(order)))
        self.browsers = {user.username: _new_browser() for user in users}
        for user in users:
            self.browsers[user.username].force_login(user)
        self._found: dict[str, list[Visit]] = {}
        self._access = {user.username: access_of(user) for user in users}
        new = User.objects.filter(must_change_password=True).first()
        self._stranger = _strange()
        self._before_login = {
            "lock/": _strange(desk={"locked": first.pk, "places": [[first.pk, "/"], [second.pk, "/"]]}),
            "password/first/": _on_the_way_in(new) if new else self._stranger,
            "portal/": self._stranger,
            "portal/code/": customers_browser(AT, inside=False),
        }
        self._customer = customers_browser(AT, inside=True)

    def visits(self, area: str) -> list[Visit]:
        """The pages of the routes that begin with a word. Raises Unvisited for a route that nothing opens."""
        if area not in self._found:
            with ThreadPoolExecutor(1) as beside_the_test:
                self._found[area] = beside_the_test.submit(self._look_up, area).result()
        return self._found[area]

    def _look_up(self, area: str) -> list[Visit]:
        """On a connection of its own: a visit writes, and the server would wait for a test that never commits."""
        with closing(connection):
            routes = [(route, words) for route, words in declared().items() if route not in NOT_PAGES]
            pages = (self._open(route, words) for route, words in routes if area_of(route) == area)
            return [visit for visits in pages for visit in visits]

    def _open(self, route: str, words: list[str]) -> Iterator[Visit]:
        answers = set()
        for record in records_for(route):
            url = _filled(route, record) + query_for(route)
            visitor, answer = self._first_let_in(url, self._visitors(route, words))
            answers.add(answer.status_code)
            if _is_page(answer):
                yield Visit(url, visitor)
            if answer.status_code in (200, 405) and route not in ALL_RECORDS:
                return
        if not answers & {200, 302, 405}:
            raise Unvisited(f"{route}: nobody gets in with any record, answers {answers}")

    @staticmethod
    def _first_let_in(url: str, visitors: list[Client]) -> tuple[Client, HttpResponse]:
        """The first visitor who is let in, else the last one who was refused."""
        for visitor in visitors:
            answer = visitor.get(url)
            if answer.status_code not in (403, 404):
                break
        return visitor, answer

    def _visitors(self, route: str, words: list[str]) -> list[Client]:
        if words == ["public"]:
            return [self._before_login.get(route, self._customer if area_of(route) == "portal" else self._stranger)]
        needed = [permission for permission in describe() if str(permission) in words]
        return [
            self.browsers[name]
            for name, access in self._access.items()
            if not needed or any(access.may(permission) for permission in needed)
        ]


def area_of(route: str) -> str:
    """The first word of a route; the workbench has none."""
    return route.lstrip("^").split("/")[0]


def areas() -> list[str]:
    """The first words of all routes that have pages."""
    return sorted({area_of(route) for route in declared() if route not in NOT_PAGES} - NO_PAGES)


def _new_browser() -> Client:
    return Client(headers={"X-Kefu-At": AT.isoformat()})


def _strange(**kept: object) -> Client:
    """The browser of somebody who is not logged in, with what its session keeps."""
    browser = _new_browser()
    session = browser.session
    session.update(kept)
    session.save()
    return browser


def _on_the_way_in(user: User) -> Client:
    """The browser of somebody whose password was right and who must choose a new one."""
    entering = Entering(user.pk, "/", AT.isoformat(), user.get_session_auth_hash())
    return _strange(**{KEY: asdict(entering)})


def _filled(route: str, record: tuple[object, ...]) -> str:
    values = chain(record, repeat(1))

    def fill(match: re.Match[str]) -> str:
        return match[1].split("|")[0] if match[1] and "|" in match[1] else str(next(values))

    return "/" + PARAMETER.sub(fill, route.lstrip("^").rstrip("$"))


def _is_page(answer: HttpResponse) -> bool:
    return (
        answer.status_code == 200
        and answer["Content-Type"].startswith("text/html")
        and answer.content.lstrip().startswith(b"<!doctype")
    )
