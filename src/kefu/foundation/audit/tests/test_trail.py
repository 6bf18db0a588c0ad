"""The trail cannot be forgotten, changed or read after erasure."""

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from kefu.foundation.audit.models import AuditEntry, CustomerKey
from kefu.foundation.audit.personal import disclose
from kefu.foundation.audit.trail import AuditMissing, Subject, action, nothing_changed, record
from kefu.organisation.models import Node, User
from kefu.testing.cast import Cast


@action
def rename(*, node: Node, name: str, forget: bool = False, by: User, at: datetime) -> None:
    before, node.zh = node.zh, name
    node.save()
    if not forget:
        record(
            "story.node.renamed",
            by=by,
            at=at,
            subject=Subject("node", node.pk),
            node_id=node.pk,
            changes={"zh": (before, name)},
        )


@action
def do_nothing(*, by: User, at: datetime) -> str:
    nothing_changed()
    return "same"


@pytest.mark.req("SEC-003", part="changes")
def test_a_change_says_who_when_where_before_and_after(cast: Cast) -> None:
    rename(node=cast.bj, name="朝阳", by=cast.admin, at=cast.at)
    row = AuditEntry.objects.latest("id")
    assert (row.code, row.by, row.at, row.node_id) == ("story.node.renamed", cast.admin, cast.at, cast.bj.pk)
    assert row.role == "admin"
    assert row.changes == {"zh": ["北京朝阳中心", "朝阳"]}


def test_an_action_without_a_row_is_undone(cast: Cast) -> None:
    with pytest.raises(AuditMissing):
        rename(node=cast.bj, name="忘记", forget=True, by=cast.admin, at=cast.at)
    cast.bj.refresh_from_db()
    assert cast.bj.zh == "北京朝阳中心"
    assert do_nothing(by=cast.admin, at=cast.at) == "same"


def test_rows_cannot_be_changed_or_deleted(cast: Cast) -> None:
    rename(node=cast.bj, name="朝阳", by=cast.admin, at=cast.at)
    for attempt in (AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(reason="改")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


def test_personal_values_go_with_the_customers_key(cast: Cast) -> None:
    record(
        "story.phone.changed",
        by=cast.admin,
        at=cast.at,
        customer_id=77,
        personal={"phone": ("13900000000", "13900000001")},
    )
    row = AuditEntry.objects.latest("id")
    assert "139" not in str(row.changes)
    assert disclose(77, bytes(row.personal)) == {"phone": ["13900000000", "13900000001"]}
    CustomerKey.objects.filter(pk=77).delete()
    assert disclose(77, bytes(row.personal)) is None


def test_an_action_must_take_by_and_at() -> None:
    with pytest.raises(TypeError, match="keyword-only"):
        action(lambda node, *, by, at: None)
