"""Agreements with partners: signed only by the expansion department, when the record is complete (ORG-007)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.notices.actions import tell
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.people.choices import BY_AGREEMENT, Cooperation
from kefu.people.limits import REMIND_BEFORE_END
from kefu.people.models import Agreement, Institution
from kefu.people.permissions import PeoplePermission
from kefu.people.queries import signers
from kefu.people.rules import gaps_of, remind_on
from kefu.people.sentences import AGREEMENT_ENDS

NUMBERS = Series("people.agreement", "XY")
ITEMS = 20


@action
def sign_agreement(
    *,
    institution: Institution,
    mode: str,
    items: Sequence[str],
    signed_on: date,
    valid_to: date | None = None,
    by: User,
    at: datetime,
) -> Agreement:
    """Record a signed agreement. What the partner's record lacks is named, field by field (ORG-007, ORG-008).

    Raises Refused `no_partner` for what is no partner or franchisee, `closed`; Invalid (missing fields, `signed_on`, `valid_to`).
    """
    held = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    require(by, PeoplePermission.INSTITUTION_SIGN, node_id=held.node_id)
    if held.closed_on is not None:
        raise Refused("closed", _("这家机构已经停用。"))
    if not held.roles.filter(part__in=BY_AGREEMENT, valid_to__isnull=True).exists():
        raise Refused("no_partner", _("只和合作单位、加盟机构签协议，请先登记角色。"))
    named = [item.strip() for item in items if item.strip()][:ITEMS]
    _require_complete(held, mode, named)
    _require_period(signed_on, valid_to, timezone.localdate(at))
    made = Agreement.objects.create(
        institution=held, number=NUMBERS.issue(at), mode=mode, items=named, signed_on=signed_on, valid_to=valid_to, signed_by=by
    )  # fmt: skip
    record("people.agreement.signed", by=by, at=at, subject=Subject("people.agreement", made.pk), node_id=held.node_id,
           changes={"number": (None, made.number), "mode": (None, mode), "valid_to": (None, valid_to)})  # fmt: skip
    return made


@action
def end_agreement(*, agreement: Agreement, on: date, reason: str, by: User, at: datetime) -> None:
    """End an agreement before its time. Raises Refused `ended`, Invalid (`on`, `reason`)."""
    held = (
        Agreement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("institution")
        .get(pk=agreement.pk)
    )
    require(by, PeoplePermission.INSTITUTION_SIGN, node_id=held.institution.node_id)
    if held.ended_on is not None:
        raise Refused("ended", _("这份协议已经终止。"))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明终止的原因。"))
    if not held.signed_on <= on <= timezone.localdate(at):
        raise Invalid.one("on", "out_of_range", _("终止日期要在签约之后、今天之前。"))
    held.ended_on, held.ended_reason = on, reason.strip()
    held.save(update_fields=["ended_on", "ended_reason"])
    record("people.agreement.ended", by=by, at=at, subject=Subject("people.agreement", held.pk),
           node_id=held.institution.node_id, changes={"ended_on": (None, on)}, reason=reason.strip())  # fmt: skip


@action
def remind_of_ends(*, by: User, at: datetime) -> int:
    """Ring those who sign when an agreement comes near its end; once for each day that is due. Answers for how many."""
    today, days = timezone.localdate(at), tuple(REMIND_BEFORE_END.on(at))
    running = Agreement.objects.filter(ended_on__isnull=True, valid_to__gte=today).select_related("institution")
    due = [one for one in running if one.valid_to and remind_on(one.valid_to, days, today) is not None]
    for agreement in due:
        _remind(agreement, signers(agreement.institution), at)
    if due:
        record("people.agreement.reminded", by=by, at=at, changes={"count": (None, len(due))})
    else:
        nothing_changed()
    return len(due)


def _remind(agreement: Agreement, users: Iterable[User], at: datetime) -> None:
    words = AGREEMENT_ENDS(name=agreement.institution, number=agreement.number, day=str(agreement.valid_to or ""))
    tell(
        users=users, code="agreement_ends", at=at, text=words, unless_unread=True,
        link=reverse("people:institution", args=[agreement.institution_id]),
    )  # fmt: skip


def _require_complete(institution: Institution, mode: str, items: list[str]) -> None:
    gaps = gaps_of(
        name=institution.zh, address=institution.address, person_in_charge=institution.person_in_charge,
        phone=institution.phone, mode=mode if mode in Cooperation.values else "", items=items,
    )  # fmt: skip
    if gaps:
        raise Invalid([FieldError(field, "required", _GAPS[field]) for field in gaps])


def _require_period(signed_on: date, valid_to: date | None, today: date) -> None:
    if signed_on > today:
        raise Invalid.one("signed_on", "to_come", _("签约日期不能晚于今天。"))
    if valid_to is not None and valid_to < signed_on:
        raise Invalid.one("valid_to", "before_start", _("到期日不能早于签约日期。"))


_GAPS = {
    "zh": _("请先补全名称。"),
    "address": _("请先在资料里补全地址。"),
    "person_in_charge": _("请先在资料里补全负责人。"),
    "phone": _("请先在资料里补全电话。"),
    "mode": _("请选择合作方式。"),
    "items": _("请写明合作项目，一行一项。"),
}
