"""Pages as a logged-in person gets them; the list deep inside against its beginning, the others without a limit, but the same queries and nearly the same time whatever the size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle
from urllib.parse import urlencode

from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from bench.contests import Case, Contest
from bench.ground import Ground
from bench.measuring import Work
from kefu.customers.bulk import CUSTOMERS
from kefu.customers.models import NEWEST
from kefu.foundation.ui.keyset import cursor_after
from kefu.journey.models import Journey
from kefu.organisation.models import User
from kefu.testing.cast import AT

KNOWN = 20
ROWS, DEEP = 50, 5000


def _deep(ground: Ground, _calls: int) -> Sequence[Contest]:
    """The customer list at its 5,000th page, or the last one there is, against its first: going on after the last row seen costs the same."""
    who = ground.chain.cast.service
    rows = CUSTOMERS.rows(who, QueryDict(), AT).order_by(*NEWEST)
    seen = rows[min(DEEP * ROWS, ground.database.size.customers - 2 * ROWS)]
    first, deep = {"view": "0"}, {"view": "0", "after": cursor_after(seen, NEWEST)}
    ours, limit = (_getting(who, [f"{reverse('customers:list')}?{urlencode(query)}"]) for query in (deep, first))
    return [Contest(ours, limit)]


def _page(
    who: Callable[[Ground], User], where: Callable[[Ground], Sequence[str]]
) -> Callable[[Ground, int], Sequence[Contest]]:
    def prepare(ground: Ground, _calls: int) -> Sequence[Contest]:
        return [Contest(_getting(who(ground), where(ground)))]

    return prepare


def _getting(who: User, where: Sequence[str]) -> Work:
    client = Client(headers={"X-Kefu-At": AT.isoformat()}, raise_request_exception=True)
    client.force_login(who)
    places = cycle(where)

    def get() -> None:
        response = client.get(next(places))
        if response.status_code != 200:
            raise RuntimeError(f"{response.request['PATH_INFO']} answered {response.status_code}")

    return get


def _manager(ground: Ground) -> User:
    return ground.chain.cast.manager


def _director(ground: Ground) -> User:
    return ground.chain.cast.director


def _customers(ground: Ground) -> list[str]:
    """Own customers of the manager whose tests are in the laboratory: most tabs have something to show."""
    testing = Journey.objects.filter(
        customer__health_manager=_manager(ground), node__code="report_released", state="open"
    )
    found = testing.order_by("pk").values_list("customer_id", flat=True)[:KNOWN]
    return [reverse("customers:page", args=[pk]) for pk in found]


def _days(ground: Ground) -> list[str]:
    """The calendar of a full day at each centre in turn."""
    day = AT.date() + timedelta(days=2)
    return [f"{reverse('appointments:day')}?node={team.node.pk}&day={day}" for team in ground.chain.teams[1:]]


LIST = Case("customer.list", "ms per page", 60, _deep)
PAGES = (
    Case("customer.page", "ms per page", 60, _page(_manager, _customers)),
    Case("appointment.day_page", "ms per page", 60, _page(_director, _days)),
    Case("journey.board", "ms per page", 60, _page(_director, lambda _ground: [reverse("journey:board")])),
    Case("workbench", "ms per page", 60, _page(_manager, lambda _ground: [reverse("workbench")])),
)
