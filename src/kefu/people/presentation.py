"""How a doctor's standing and an agreement are shown."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.inputs import Status
from kefu.people.choices import Hindrance
from kefu.people.models import Agreement, Credential, Departure, Doctor

SOON = timedelta(days=60)


def standing(doctor: Doctor) -> Status:
    """Whether the doctor may see customers, and what is missing."""
    if not doctor.user.is_active:
        return Status("quiet", "user-x", _("已停用"))
    if doctor.hindrance == Hindrance.NONE:
        return Status("done", "certificate", Hindrance.NONE.label)
    return Status("late", "alert-triangle", doctor.hindrance.label)


def agreement_status(agreement: Agreement, today: date) -> Status:
    """Whether an agreement is in force, near its end, or over."""
    if agreement.ended_on is not None:
        return Status("quiet", "x", _("已终止"))
    if agreement.valid_to is not None and agreement.valid_to < today:
        return Status("late", "alert-triangle", _("已到期"))
    if agreement.valid_to is not None and agreement.valid_to <= today + SOON:
        return Status("soon", "clock", _("快到期"))
    return Status("done", "check", _("生效中"))


def credential_status(credential: Credential, today: date) -> Status:
    """Whether a certificate holds, comes near its end, is over, or waits to be checked."""
    if credential.valid_to is not None and credential.valid_to < today:
        return Status("late", "alert-triangle", _("已到期"))
    if credential.checked_on is None:
        return Status("soon", "hourglass", _("待核对"))
    if credential.valid_to is not None and credential.valid_to <= today + SOON:
        return Status("soon", "clock", _("快到期"))
    return Status("done", "check", _("有效"))


def departure_status(departure: Departure) -> Status:
    """How far a departure has come."""
    if departure.cancelled_at is not None:
        return Status("quiet", "x", _("已撤销"))
    if departure.settled_at is not None:
        return Status("done", "check", _("已办完"))
    if departure.closed_at is not None:
        return Status("soon", "hourglass", _("账号已关，还有事要办"))
    return Status("move", "user-x", _("办理中"))
