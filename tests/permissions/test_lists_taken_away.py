"""Every list that can be taken away: with the right, with a reason, noted, marked, and holding what its page holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from kefu.administration.content import load_roles
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange.limits import EXPORT_ROWS
from kefu.foundation.exchange.lists import registered
from kefu.foundation.limits.models import LimitValue
from kefu.journey.tests.walking import Walk, start_walk
from kefu.organisation.models import Grant, Node, Role, User
from kefu.people.actions.institutions import add_institution
from kefu.testing.cast import Cast

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
SEEN = {
    "followup.due": "沈知夏", "lab.orders": "沈知夏", "people.institutions": "'=远达快递", "people.staff": "何示文", "products.items": "T-GEN",
    "products.products": "N-014", "sales.purchases": "沈知夏", "stock.issues": "沈知夏", "stock.lots": "N-014",
}  # fmt: skip
ABOUT_CUSTOMERS = {"followup.due", "lab.orders", "sales.purchases", "stock.issues"}
FILTER = {"followup.due": "?due_to=2027-06-30", "stock.issues": "?warehouse=WH-BJ", "stock.lots": "?warehouse=WH-BJ"}


@pytest.fixture
def walk(cast: Cast) -> Walk:
    """A customer of Beijing who has been all the way; the director there sees every list, and may take them away."""
    walk = start_walk(cast).to("product_dispatched")
    load_roles(only=frozenset({"institution_steward"}), by=None, at=cast.at)
    for code in ("consulting", "institution_steward"):
        grant(cast.director, code, cast.hq)
    steward = User.objects.get(pk=cast.director.pk)  # who knows of the new right
    details = {"zh": "=远达快递", "kind": "organisation"}
    add_institution(code="E-01", node=cast.bj, details=details, part="courier", by=steward, at=cast.at)
    return walk


def grant(user: User, role: str, node: Node) -> None:
    Grant.objects.create(user=user, role=Role.objects.get(code=role), node=node, valid_from=date(2026, 1, 5))


def address(code: str) -> str:
    return reverse("exchange:export", args=[code]) + FILTER.get(code, "")


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.req("SEC-001", part="exports")
@pytest.mark.req("SEC-003", part="exports")
def test_each_list_leaves_with_reason_mark_and_trail(walk: Walk, login: Login) -> None:
    assert SEEN.keys() == {listed.code for listed in registered()}, "say what the new list holds"
    director, customer = login(walk.cast.director), walk.customer.pk
    for listed in registered():
        code = listed.code
        page = director.get(reverse(listed.page) + FILTER.get(code, "")).content.decode()
        assert f'href="/exports/{code}/' in page, code
        assert director.get(address(code)).status_code == 200
        assert director.post(address(code), {"reason": " "}).status_code == 422
        assert not AuditEntry.objects.filter(code=f"{code}.exported").exists()
        answer = director.post(address(code), {"reason": "月度核对", "form": "csv"})
        assert answer.content.startswith("\ufeff".encode())
        head, *rows, mark = table(answer.content)
        assert head == [str(title) for title, _value in listed.columns]
        assert any(SEEN[code] in row for row in rows), (code, rows)
        assert mark == ["导出人：何示安 2001，2026-11-23 09:00，用途：月度核对"]
        noted = AuditEntry.objects.filter(
            code=f"{code}.exported", kind="export", by=walk.cast.director, reason="月度核对"
        )
        assert noted.filter(customer_id=None).get().changes["rows"] == [None, len(rows)]
        assert noted.filter(customer_id=customer).exists() == (code in ABOUT_CUSTOMERS), code


@pytest.mark.req("SEC-001", part="exports")
def test_who_may_not_take_lists_away_finds_no_way(walk: Walk, login: Login) -> None:
    for name in ("manager", "doctor", "consulting", "keeper", "admin"):
        person = login(getattr(walk.cast, name))
        for listed in registered():
            assert person.post(address(listed.code), {"reason": "核对"}).status_code == 403, (name, listed.code)
            assert "/exports/" not in person.get(reverse(listed.page)).content.decode(), (name, listed.code)
    plain = login(walk.cast.sh_manager)
    grant(walk.cast.sh_manager, "centre_director", walk.cast.sh)
    assert plain.post(address("lab.orders"), {"reason": "核对"}).status_code in (200, 403)
    assert login(walk.cast.director).get("/exports/nothing/").status_code == 404


@pytest.mark.req("SEC-001", part="exports")
def test_what_one_sees_but_may_not_take_away_stays(walk: Walk, login: Login) -> None:
    """The supervisor sees the follow-ups of every centre and may take away those of Shanghai."""
    grant(walk.cast.supervisor, "centre_director", walk.cast.sh)
    supervisor = login(walk.cast.supervisor)
    assert "沈知夏" in supervisor.get("/follow-ups/" + FILTER["followup.due"]).content.decode()
    rows = table(supervisor.post(address("followup.due"), {"reason": "核对"}).content)
    assert len(rows) == 2, "the head and the mark"


def test_an_export_holds_what_the_page_was_narrowed_to_and_no_more_than_allowed(walk: Walk, login: Login) -> None:
    director = login(walk.cast.director)
    for state, found in (("dispatched", 1), ("cancelled", 0)):
        url = f"{address('sales.purchases')}?state={state}"
        assert len(table(director.post(url, {"reason": "核对"}).content)) == found + 2
    page = director.get("/purchases/?state=dispatched&after=x").content.decode()
    assert 'href="/exports/sales.purchases/?state=dispatched"' in page
    today = walk.cast.at.date()
    LimitValue.objects.create(code=EXPORT_ROWS.code, value=1, valid_from=today, set_by=walk.cast.admin, set_at=walk.at)
    answer = director.post(address("products.products"), {"reason": "核对"})
    assert (answer.status_code, "一次最多导出 1 行，请先筛选。" in answer.content.decode()) == (409, True)
