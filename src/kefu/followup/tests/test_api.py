"""Follow-ups as programs read and answer them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kefu.customers.models import Customer
from kefu.followup.choices import Basis
from kefu.followup.tests.test_plans import RECEIVED, after_report
from kefu.foundation.api.actions import issue_token
from kefu.foundation.worktime.content import load_calendars
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Ask = Callable[..., Any]


@pytest.fixture
def customer(cast: Cast) -> Customer:
    load_calendars(by=None, at=cast.at)
    found = customer_of(cast)
    after_report(customer=found, basis=Basis.RECEIPT, day=RECEIVED, by=cast.consulting, at=cast.at)
    return found


@pytest.fixture
def ask(cast: Cast, client: Client, settings: Any) -> Ask:
    settings.TEST_CLOCK = True

    def ask(user: User, path: str = "follow-ups", body: object = None, **query: str) -> Any:
        token = issue_token(user=user, name="test", by=cast.admin, at=cast.at)
        headers = {"Authorization": f"Bearer {token}", "X-Kefu-At": cast.at.isoformat()}
        if body is None:
            return client.get(f"/api/v1/{path}", query, headers=headers)
        return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    return ask


@pytest.mark.req("FUP-001")
def test_what_is_due_by_a_day_and_what_came_of_it(cast: Cast, customer: Customer, ask: Ask) -> None:
    [due] = ask(cast.manager, due_to="2026-11-25").json()["items"]
    assert (due["code"], due["due_at"], due["basis_on"]) == ("d2", "2026-11-25T11:00:00+08:00", "2026-11-23")
    assert ask(cast.manager, due_to="2026-11-24").json()["items"] == []
    made = ask(cast.manager, f"follow-ups/{due['id']}/contacts", {"outcome": "reached", "note": "一切都好"})
    assert (made.status_code, made.json()["follow_up"]["status"]) == (201, "done")
    assert ask(cast.manager, due_to="2026-11-25").json()["items"] == []


def test_those_of_one_customer(cast: Cast, customer: Customer, ask: Ask) -> None:
    assert len(ask(cast.manager, customer=f"cus_{customer.pk}").json()["items"]) == 9
    assert ask(cast.sh_manager, customer=f"cus_{customer.pk}").status_code == 404
    assert ask(cast.manager, customer="cus_999999").status_code == 404
