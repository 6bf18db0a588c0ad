"""Who changed, read or took what is found again; personal values stay concealed, and looking leaves a trace."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.models import AuditEntry, CustomerKey
from kefu.foundation.audit.trail import Subject, action, record


@action
def rename(*, by, at, customer_id: int = 77, node_id: int | None = None) -> None:
    """A change of a customer's data, as modules above make them."""
    record(
        "customers.archive.changed", by=by, at=at, subject=Subject("customer", customer_id), customer_id=customer_id, node_id=node_id,
        changes={"stage": ("lead", "active")}, personal={"name": ("沈知夏", "沈知秋")}, reason="更正",
    )  # fmt: skip


@action
def take_away(*, by, at) -> None:
    """An export."""
    record("customers.list.exported", by=by, at=at, kind=Kind.EXPORT, changes={"rows": (None, 12)})


@pytest.mark.req("SEC-003", part="changes")
@pytest.mark.req("ORG-011")
def test_a_change_is_found_with_who_when_before_and_after(cast, login):
    rename(by=cast.manager, at=cast.at)

    shown = login(cast.admin).get("/audit/?customer=77").content.decode()

    for words in ("何示文 2004", "健康管理师", "customers.archive.changed", "lead → active", "更正", "11-23 09:00:00"):
        assert words in shown
    assert "沈知" not in shown and "个人信息已封存" in shown


@pytest.mark.req("SEC-003", part="reads")
def test_looking_is_written_down_and_so_is_opening_concealed_values(cast, login):
    rename(by=cast.manager, at=cast.at)
    page = login(cast.admin)
    entry = AuditEntry.objects.get(code="customers.archive.changed")

    page.get("/audit/?customer=77&person=2004")
    read = AuditEntry.objects.get(code="administration.audit.read")
    assert (read.by, read.kind, read.customer_id) == (cast.admin, Kind.READ, 77)
    assert read.changes == {"customer": [None, "77"], "person": [None, "2004"]}

    assert "沈知夏 → 沈知秋" in page.post(f"/audit/{entry.pk}/personal/").content.decode()
    revealed = AuditEntry.objects.get(code="administration.audit.revealed")
    assert (revealed.by, revealed.kind, revealed.customer_id) == (cast.admin, Kind.REVEAL, 77)

    CustomerKey.objects.all().delete()  # the customer was erased
    assert "已清除" in page.post(f"/audit/{entry.pk}/personal/").content.decode()


@pytest.mark.req("SEC-003", part="exports")
def test_rows_are_found_by_person_code_kind_and_day(cast, login):
    rename(by=cast.manager, at=cast.at)
    rename(by=cast.doctor, at=cast.at - timedelta(days=2))
    take_away(by=cast.manager, at=cast.at)
    page = login(cast.admin)

    def found(query: str) -> int:
        return page.get(f"/audit/?{query}").content.decode().count("<tr data-key")

    assert found("person=何示文") == 2
    assert found("person=2002") == 1
    assert found("kind=export") == 1
    assert found("code=customers.archive") == 2
    assert found("code=customers&day=2026-11-21") == 1
    assert found("person=nobody") == 0
    assert page.get("/audit/?customer=abc").status_code == 422


def test_those_without_the_right_see_nothing(cast, login):
    rename(by=cast.manager, at=cast.at)
    entry = AuditEntry.objects.get(code="customers.archive.changed")
    for person in (cast.director, cast.manager, cast.doctor):
        page = login(person)
        assert page.get("/audit/").status_code == 403
        assert page.post(f"/audit/{entry.pk}/personal/").status_code == 403
    assert not AuditEntry.objects.filter(code__startswith="administration.audit").exists()


def test_older_rows_follow_page_by_page_with_constant_queries(cast, login):
    page = login(cast.admin)
    counts = []
    for more in (1, 59):
        for minute in range(more):
            rename(by=cast.manager, at=cast.at - timedelta(minutes=minute), customer_id=more * 100 + minute)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            first = page.get("/audit/?code=customers").content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert first.count("<tr data-key") == 50
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert page.get(f"/audit/{following}").content.decode().count("<tr data-key") == 10
