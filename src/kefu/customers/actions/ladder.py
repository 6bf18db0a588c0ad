"""Leads, looked through day by day (CUS-035)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import FactKind, Rung, Stage
from kefu.customers.holding import held
from kefu.customers.models import Customer, RungChange
from kefu.customers.permissions import CustomerPermission
from kefu.customers.sentences import RUNG
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User


@action
def sort_lead(*, customer: Customer, rung: int, note: str = "", by: User, at: datetime) -> RungChange:
    """Put a lead on a step of the ladder, or leave it where it is: looked through for today either way.

    Raises Invalid (`rung`, `note` for a step down), Refused `no_lead`, Forbidden, OutOfScope (CUS-035).
    """
    require(by, CustomerPermission.GRADING_TRACK, customer=customer)
    if rung not in Rung.values:
        raise Invalid.one("rung", "unknown", _("请选择阶梯上的一级。"))
    locked = held(customer)
    if locked.stage != Stage.LEAD:
        raise Refused("no_lead", _("已建档或已关闭的客户不在线索阶梯上。"))
    before = locked.rung
    if rung < before and not note.strip():
        raise Invalid.one("note", "required", _("往下调请写明原因。"))
    locked.rung, locked.sorted_on = rung, timezone.localdate(at)
    locked.save(update_fields=["rung", "sorted_on"])
    change = RungChange.objects.create(customer=locked, before=before, after=rung, note=note.strip(), by=by, at=at)
    subject = Subject("customers.customer", locked.pk)
    record("customers.ladder.sorted", by=by, at=at, subject=subject, customer_id=locked.pk, node_id=locked.node_id,
           changes={"rung": (before, rung)}, reason=note.strip())  # fmt: skip
    if rung != before:
        words = RUNG(before=Rung(before), after=Rung(rung))
        record_fact(customer=locked, kind=FactKind.NOTE, item=words, subject=subject, by=by, at=at)
    return change
