"""What each page may ask of the database: never more than its budget, and the same for one row in every list as for two."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import yaml
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.permissions.test_routes import address, behind_login, needs

from kefu.appointments.actions import add_hours, book
from kefu.appointments.choices import AppointmentType
from kefu.foundation.access.queries import access_of
from kefu.journey.tests.walking import Walk, start_walk
from kefu.organisation.models import User
from kefu.testing.cast import PEOPLE, Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]
TABLE = Path(__file__).parent / "query_budgets.yaml"
STOPS = (
    "consultation",
    "kit_issued",
    "sample_collected",
    "report_released",
    "overall_report",
    "paper_production",
    "product_ordered",
)
"""Where somebody has work waiting: the lists of these rooms are not empty."""

FIRST_VISITS = ("/", "/account/second-factor/")
"""Pages whose first visit writes something into the session."""


def fill(cast: Cast, number: int) -> None:
    """One more customer at each stop, with a booking and a report to review."""
    for place, stop in enumerate(STOPS):
        walk = Walk(
            cast, customer_of(cast, f"客户{number}{place}", f"1000000{number + 1}{place:03d}", sex="male"), cast.at
        )
        walk.to(stop)
        if stop == "sample_collected":
            walk.results()
    start = cast.at.replace(hour=10 + number)
    book(customer=walk.customer, doctor=cast.doctor, node=cast.bj, type=AppointmentType.FIRST_VISIT, start=start, by=cast.manager, at=cast.at)  # fmt: skip


def best_placed(words: list[str], cast: Cast) -> str | None:
    """Somebody who holds all the rights a route names, or one of them."""
    needed = needs(words)
    for enough in (all, any):
        for name in PEOPLE:
            if not needed or enough(access_of(getattr(cast, name)).may(permission) for permission in needed):
                return name
    return None


def costs(walk: Walk, browsers: dict[str, Client], routes: dict[str, str]) -> dict[str, int]:
    """Route to the number of queries of its page, for those that show one."""
    found = {}
    for route, name in routes.items():
        reset_queries()  # the log holds 9,000
        with CaptureQueriesContext(connection) as queries:
            answer = browsers[name].get(address(route, walk))
        if answer.status_code == 200:
            found[route] = len(queries)
    return found


def test_no_page_asks_more_than_its_budget_or_more_for_more_rows(cast: Cast, login: Login) -> None:
    walk = start_walk(cast).to("followup")
    for doctor in (cast.doctor, cast.doctor2):
        add_hours(doctor=doctor, node=cast.bj, room=None, weekday=0, opens=time(9), closes=time(12), slot_minutes=30,
                  valid_from=date(2026, 1, 5), by=cast.director, at=cast.at)  # fmt: skip
    fill(cast, 0)
    placed = {route: best_placed(words, cast) for route, words in behind_login().items()}
    routes = {route: name for route, name in placed.items() if name}
    browsers = {name: login(getattr(cast, name)) for name in set(routes.values())}
    for browser in browsers.values():
        for page in FIRST_VISITS:
            browser.get(page)
    first = costs(walk, browsers, routes)
    fill(cast, 1)
    second = costs(walk, browsers, {route: routes[route] for route in first})
    assert {route: (cost, second[route]) for route, cost in first.items() if second[route] != cost} == {}
    table: dict[str, int] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    assert set(first) == set(table), "a new page needs its budget in tests/permissions/query_budgets.yaml"
    assert {route: (cost, table[route]) for route, cost in first.items() if cost > table[route]} == {}
