"""Pages as a logged-in person gets them; no limit, but the same queries and nearly the same time whatever the size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle

from django.test import Client
from django.urls import reverse

from bench.contests import Case, Contest
from bench.ground import Ground
from kefu.journey.models import Journey
from kefu.organisation.models import User
from kefu.testing.cast import AT

CUSTOMERS = 20


def _page(
    who: Callable[[Ground], User], where: Callable[[Ground], Sequence[str]]
) -> Callable[[Ground, int], Sequence[Contest]]:
    def prepare(ground: Ground, _calls: int) -> Sequence[Contest]:
        client = Client(headers={"X-Kefu-At": AT.isoformat()}, raise_request_exception=True)
        client.force_login(who(ground))
        places = cycle(where(ground))

        def get() -> None:
            response = client.get(next(places))
            if response.status_code != 200:
                raise RuntimeError(f"{response.request['PATH_INFO']} answered {response.status_code}")

        return [Contest(get)]

    return prepare


def _manager(ground: Ground) -> User:
    return ground.chain.cast.manager


def _director(ground: Ground) -> User:
    return ground.chain.cast.director


def _customers(ground: Ground) -> list[str]:
    """Own customers of the manager whose tests are in the laboratory: most tabs have something to show."""
    testing = Journey.objects.filter(
        customer__health_manager=_manager(ground), node__code="report_released", state="open"
    )
    found = testing.order_by("pk").values_list("customer_id", flat=True)[:CUSTOMERS]
    return [reverse("customers:page", args=[pk]) for pk in found]


PAGES = (
    Case("customer.page", "ms per page", 60, _page(_manager, _customers)),
    Case("journey.board", "ms per page", 60, _page(_director, lambda _ground: [reverse("journey:board")])),
    Case("workbench", "ms per page", 60, _page(_manager, lambda _ground: [reverse("workbench")])),
)
