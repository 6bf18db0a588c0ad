"""Somebody else holds what a person wants to change for too long: the page says so, keeps what was typed, and writes nothing."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.races import held_elsewhere
from kefu.testing.stories import customer_of

pytestmark = pytest.mark.django_db
REASON = "客户搬去外地"
BUSY = "别人正在修改同一项内容，没有保存，请再试一次。"


@pytest.fixture(scope="module")
def customer(house: Cast) -> Customer:
    """Whom they both want to change."""
    return customer_of(house)


@pytest.fixture
def held(customer: Customer) -> Iterator[Customer]:
    """Somebody else is changing the customer and does not let go."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    try:
        with held_elsewhere("customers_customer", customer.pk):
            yield customer
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def test_the_page_says_that_others_are_at_it(held: Customer, house: Cast, login: Callable[[User], Client]) -> None:
    before = AuditEntry.objects.exclude(kind__in=["read", "refused"]).count()
    page = login(User.objects.get(pk=house.director.pk))
    answer = page.post(f"/customers/{held.pk}/closure/", {"reason": REASON}, follow=True)
    assert BUSY in answer.content.decode()
    part = page.post(f"/customers/{held.pk}/closure/", {"reason": REASON}, headers={"HX-Request": "true"})
    assert (part.status_code, part.content.decode()) == (409, BUSY)
    held.refresh_from_db()
    assert held.stage == "active" and held.closed_at is None
    assert AuditEntry.objects.exclude(kind__in=["read", "refused"]).count() == before
