"""What the registers put elsewhere: places in the navigation, whose files the certificates are, a step of the set-up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kefu.administration.setup import register_check
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import scope
from kefu.foundation.assignments.registry import AssignmentKind
from kefu.foundation.assignments.registry import register as register_assignment
from kefu.foundation.files.policies import register_policy
from kefu.foundation.slots.registry import NavItem, WorkItem, register, register_work
from kefu.organisation.models import User
from kefu.people.actions import take_over
from kefu.people.leaving import Holding, whenever_registered
from kefu.people.limits import REMIND_BEFORE_END
from kefu.people.models import Agreement, Credential, Doctor, Institution
from kefu.people.permissions import PeoplePermission
from kefu.people.queries import colleagues, ending_agreements, ending_credentials
from kefu.people.queries.departures import departures
from kefu.people.sentences import LEAVING

AT_MOST = 200
DAY_ENDS = time(17, 30)


def _reaches(user: User, doctor_id: int, permission: PeoplePermission) -> bool:
    return Doctor.objects.visible_to(user, permission).filter(pk=doctor_id).exists()


def _holds(user: User, credential_id: int, permission: PeoplePermission) -> bool:
    return Credential.objects.visible_to(user, permission).filter(pk=credential_id).exists()


def _keeps(user: User, person_id: int) -> bool:
    reached = scope(user, PeoplePermission.REGISTER_EDIT, node="node_id")
    return User.objects.filter(reached, pk=person_id).exists()


def _keeps_credential(user: User, credential_id: int) -> bool:
    return _keeps(user, Credential.objects.filter(pk=credential_id).values_list("user_id", flat=True).first() or 0)


def _sees(user: User, institution_id: int, permission: PeoplePermission) -> bool:
    return Institution.objects.visible_to(user, permission).filter(pk=institution_id).exists()


def _institution_of(agreement_id: int) -> int:
    return Agreement.objects.filter(pk=agreement_id).values_list("institution_id", flat=True).first() or 0


def ending(user: User, at: datetime) -> Iterable[WorkItem]:
    """Agreements that come near their end, for those who sign."""
    if not allowed(user, PeoplePermission.INSTITUTION_SIGN):
        return
    today = timezone.localdate(at)
    until = today + timedelta(days=max(REMIND_BEFORE_END.on(at), default=0))
    for agreement in ending_agreements(user, until, today)[:AT_MOST]:
        yield WorkItem(
            "notice", _("协议到期"), "file-text", f"{agreement.institution.label} {agreement.number}",
            reverse("people:institution", args=[agreement.institution_id]), _("续签"), due_at=_evening(agreement.valid_to),
        )  # fmt: skip


def _evening(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, DAY_ENDS)) if day else None


def running_out(user: User, at: datetime) -> Iterable[WorkItem]:
    """Certificates that come near their end: one's own, and those of the colleagues whose register one keeps."""
    today = timezone.localdate(at)
    until = today + timedelta(days=max(REMIND_BEFORE_END.on(at), default=0))
    for credential in ending_credentials(user, until, today)[:AT_MOST]:
        own = credential.user_id == user.pk
        yield WorkItem(
            "notice", _("证书到期"), "certificate", f"{credential.user.name} {credential.get_kind_display()}",
            reverse("people:colleague" if own else "people:credentials", args=[credential.user_id]),
            _("去补办") if own else _("登记新证书"), due_at=_evening(credential.valid_to),
        )  # fmt: skip


def _let_colleagues_accept(holding: Holding) -> None:
    register_assignment(AssignmentKind(holding.kind, LEAVING(what=holding.label), take_over))


def leaving(user: User, at: datetime) -> Iterable[WorkItem]:
    """Departures in which something is still to be done, for those who arrange or decide them."""
    if not any(allowed(user, right) for right in (PeoplePermission.LEAVING_ARRANGE, PeoplePermission.LEAVING_DECIDE)):
        return
    for departure in departures(user)[:AT_MOST]:
        yield WorkItem(
            "handover", _("离职"), "user-x", departure.user.name, reverse("people:departure", args=[departure.pk]), _("办理离职"),
            due_at=_evening(departure.last_day), started_at=departure.opened_at,
        )  # fmt: skip


def doctors_are_there() -> bool:
    """Whether anybody may see customers."""
    return Doctor.objects.practising(timezone.localdate()).exists()


register(
    NavItem(
        "management",
        30,
        pgettext_lazy("navigation", "医生"),
        "stethoscope",
        "people:doctors",
        PeoplePermission.REGISTER_VIEW,
    ),
    NavItem(
        "management", 40, _("机构与往来单位"), "building", "people:institutions", PeoplePermission.INSTITUTION_VIEW
    ),
    NavItem("management", 35, _("员工名册"), "users-group", "people:staff", PeoplePermission.REGISTER_VIEW),
    NavItem("management", 36, _("离职移交"), "user-x", "people:departures", PeoplePermission.LEAVING_VIEW),
)
register_check("doctors", _("登记医生，核对资格"), "/doctors/", doctors_are_there, order=25)
register_policy(
    "people.doctor",
    lambda user, doctor_id: _reaches(user, doctor_id, PeoplePermission.REGISTER_VIEW),
    add=lambda user, doctor_id: _reaches(user, doctor_id, PeoplePermission.REGISTER_EDIT),
)
register_policy(
    "people.credential",
    lambda user, pk: _holds(user, pk, PeoplePermission.REGISTER_VIEW),
    add=_keeps_credential,
)
register_policy("people.photo", lambda user, pk: colleagues(user).filter(pk=pk).exists(), add=_keeps)
register_policy(
    "people.institution",
    lambda user, pk: _sees(user, pk, PeoplePermission.INSTITUTION_VIEW),
    add=lambda user, pk: _sees(user, pk, PeoplePermission.INSTITUTION_EDIT),
)
register_policy(
    "people.agreement",
    lambda user, pk: _sees(user, _institution_of(pk), PeoplePermission.INSTITUTION_VIEW),
    add=lambda user, pk: _sees(user, _institution_of(pk), PeoplePermission.INSTITUTION_SIGN),
)
whenever_registered(_let_colleagues_accept)
register_work("agreements", ending)
register_work("credentials", running_out)
register_work("departures", leaving)
