"""What every verb over a consultation does: lock the draft, ask for the reason, write the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.consultations.choices import ConsultationState
from kefu.consultations.gates import KIND
from kefu.consultations.models import Consultation
from kefu.customers.holding import hold
from kefu.foundation.audit.trail import Subject, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User

REASON = 200


def locked_draft(consultation: Consultation) -> Consultation:
    """The draft, locked until the transaction ends, after its customer. Raises Refused when it is no draft any more."""
    hold(consultation.customer_id)
    rows = Consultation.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("customer", "doctor", "sheet__version").get(pk=consultation.pk)
    if found.state != ConsultationState.DRAFT:
        raise Refused("not_a_draft", _("这份问诊已经保存或作废，不能再填。"))
    return found


def given_reason(reason: str) -> str:
    """The stated reason, trimmed. Raises Invalid when there is none or it is too long."""
    said = reason.strip()
    if not said:
        raise Invalid.one("reason", "required", _("请写原因"))
    if len(said) > REASON:
        raise Invalid.one("reason", "too_long", _("原因最多 %(limit)s 个字") % {"limit": REASON})
    return said


def written(
    verb: str, consultation: Consultation, *, by: User, at: datetime, reason: str = "",
    changes: Mapping[str, tuple[object, object]] | None = None, personal: Mapping[str, tuple[object, object]] | None = None,
) -> None:  # fmt: skip
    """Write one row to the trail about a consultation."""
    record(f"consultations.consultation.{verb}", by=by, at=at, subject=Subject(KIND, consultation.pk),
           customer_id=consultation.customer_id, node_id=consultation.customer.node_id, reason=reason,
           changes=changes, personal=personal)  # fmt: skip
