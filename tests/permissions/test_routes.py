"""Real requests to every route: strangers, people without the right, another centre, and somebody with the right."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.architecture.test_views import declared

from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission, describe
from kefu.foundation.audit.models import AuditEntry
from kefu.journey.tests.walking import Walk, start_walk
from kefu.organisation.models import User
from kefu.testing.cast import PEOPLE, Cast

Login = Callable[[User], Client]
KWARG = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>([^)]*)\)")
STREAMS = {"events/"}  # never end


@pytest.fixture
def walk(cast: Cast) -> Walk:
    """A customer with an order, a report and a purchase behind the routes."""
    return start_walk(cast).to("product_ordered")


def address(route: str, walk: Walk) -> str:
    """The route with the customer's own records filled in, numbers that do not exist where there are none."""
    order = walk.order
    known = {
        "customer_id": walk.customer.pk,
        "order_id": order.pk,
        "journey_id": walk.journey.pk,
        "report_id": walk.overall.pk,
    }
    by_route = {"customers/": walk.customer.pk, "journeys/": walk.journey.pk, "lab-orders/": order.pk}

    def fill(match: re.Match[str]) -> str:
        kind, name = match.group(1), match.group(2) or match.group(3)
        if match.group(4) and "|" in match.group(4):
            return match.group(4).split("|")[0]
        if kind in ("slug", "str", "path", None) and not match.group(3):
            return "none"
        first = next((pk for prefix, pk in by_route.items() if route.startswith(prefix) and name == "pk"), None)
        return str(known.get(name) or first or 999999)

    return "/" + KWARG.sub(fill, route.lstrip("^").rstrip("$"))


def ask(browser: Client, url: str) -> HttpResponse:
    """GET, or POST where the route only takes that."""
    answer = browser.get(url)
    return browser.post(url, {}) if answer.status_code == 405 else answer


def needs(words: list[str]) -> list[Permission]:
    """The rights a route names; none for everybody's."""
    return [permission for permission in describe() if str(permission) in words]


def behind_login() -> dict[str, list[str]]:
    return {route: words for route, words in declared().items() if words != ["public"] and route not in STREAMS}


def test_strangers_are_sent_to_the_login_page(walk: Walk) -> None:
    browser = Client()
    wrong = {}
    for route in behind_login():
        answer = ask(browser, address(route, walk))
        if answer.status_code not in (302, 401) or (answer.status_code == 302 and "/login/" not in answer.url):
            wrong[route] = answer.status_code
    assert wrong == {}


def test_without_the_right_the_answer_is_403_and_nothing_changes(walk: Walk, login: Login) -> None:
    people = {name: getattr(walk.cast, name) for name in PEOPLE}
    browsers = {name: login(user) for name, user in people.items()}
    changes = AuditEntry.objects.exclude(kind="refused").count()
    wrong, tried = {}, 0
    for route, words in behind_login().items():
        needed = needs(words)
        denied = next(
            (name for name, user in people.items() if needed and not any(access_of(user).may(p) for p in needed)), None
        )
        if denied is None:
            continue
        tried += 1
        status = ask(browsers[denied], address(route, walk)).status_code
        if status != 403:
            wrong[f"{route} as {denied}"] = status
    assert wrong == {}
    assert tried > 150
    assert AuditEntry.objects.exclude(kind="refused").count() == changes


@pytest.mark.req("SEC-001", part="lists and details")
def test_another_centre_never_reaches_a_record(walk: Walk, login: Login) -> None:
    browsers = [login(walk.cast.sh_manager), login(walk.cast.sh_doctor)]
    reached, tried = {}, 0
    for route in behind_login():
        url = address(route, walk)
        if not any(f"/{pk}/" in url for pk in (walk.customer.pk, walk.order.pk, walk.journey.pk)) or "999999" in url:
            continue
        for browser in browsers:
            tried += 1
            status = ask(browser, url).status_code
            if status not in (403, 404):
                reached[url] = status
    assert reached == {}
    assert tried > 40


def test_somebody_with_the_right_gets_in(walk: Walk, login: Login) -> None:
    people = {name: getattr(walk.cast, name) for name in PEOPLE}
    browsers = {name: login(user) for name, user in people.items()}
    wrong = {}
    for route, words in behind_login().items():
        needed = needs(words)
        allowed = next(
            (name for name, user in people.items() if not needed or any(access_of(user).may(p) for p in needed)), None
        )
        if allowed is None:
            continue
        status = browsers[allowed].get(address(route, walk)).status_code
        if status >= 500 or status == 403:
            wrong[f"{route} as {allowed}"] = status
    assert wrong == {}
