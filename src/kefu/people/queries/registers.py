"""The registers, and the directories of colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import access_of, containing, scope, subtree, valid_grants
from kefu.organisation.models import Grant, Node, Role, User
from kefu.people.models import Doctor, DoctorEntry
from kefu.people.permissions import PeoplePermission

MANAGER = "health_manager"
DOCTOR = "doctor"
STAFF_ROLES = {
    MANAGER: _("健康管理师"),
    "service_agent": _("客服顾问"),
    "service_supervisor": _("客服主管"),
    "consulting": _("咨询部"),
}
"""Roles that are registered on the pattern of the doctors (ORG-006)."""


def doctors(reader: User, day: date, node: Node | None = None) -> QuerySet[User]:
    """Doctors who may be booked on a day, of everywhere or of one place and below, for a colleague to choose from."""
    bookable = Doctor.objects.practising(day).filter(user=OuterRef("pk"))
    return _colleagues(reader, node).filter(Exists(bookable))


def managers(reader: User, node: Node | None = None) -> QuerySet[User]:
    """Health managers, of everywhere or of one place and below."""
    return _colleagues(reader, node).filter(Exists(_granted(MANAGER)))


def colleagues(reader: User, text: str = "") -> QuerySet[User]:
    """Everybody who works here with what the directory tells of them, by job number; whose name, number or pinyin a text begins."""
    found = _colleagues(reader, None).select_related("node", "doctor", "profile").prefetch_related(_current_roles())
    for word in text.split():
        found = found.filter(
            Q(name__contains=word)
            | Q(job_number__startswith=word)
            | Q(pinyin__startswith=word.lower())
            | Q(initials__startswith=word.lower())
        )
    return found


def registered(reader: User) -> QuerySet[User]:
    """Every active colleague whose register the reader may see, doctors too."""
    reached = User.objects.filter(scope(reader, PeoplePermission.REGISTER_VIEW, node="node_id"))
    return reached.filter(is_active=True, is_system=False).select_related("node").order_by("job_number")


def doctors_listed(reader: User, _asked: Mapping[str, str], at: datetime) -> QuerySet[Doctor]:
    """The register of doctors as its page shows it, with what keeps each from seeing customers."""
    found = Doctor.objects.visible_to(reader, PeoplePermission.REGISTER_VIEW).judged(timezone.localdate(at))
    return found.select_related("user__node", "certified_by").order_by("user__job_number")


def cases_listed(_reader: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[DoctorEntry]:
    """Cases of success that doctors share with each other, the newest first."""
    shared = DoctorEntry.objects.filter(shared=True)
    return shared.select_related("doctor__user__node").order_by("-on", "-id")


def unregistered_doctors(reader: User) -> QuerySet[User]:
    """Colleagues with the role of a doctor whom nobody has entered into the register yet."""
    held = _granted(DOCTOR)
    reached = User.objects.filter(scope(reader, PeoplePermission.REGISTER_VIEW, node="node_id"), is_active=True)
    return reached.filter(Exists(held), doctor__isnull=True).order_by("job_number")


def staff_for(reader: User, role: str = "") -> QuerySet[User]:
    """Active colleagues of the other registers, all or those of one role, within what the reader's right reaches."""
    held = _granted(*([role] if role else STAFF_ROLES))
    reached = User.objects.filter(scope(reader, PeoplePermission.REGISTER_VIEW, node="node_id"), is_active=True)
    found = reached.filter(Exists(held), is_system=False).select_related("node", "profile").order_by("job_number")
    return found.prefetch_related(_current_roles())


def staff_listed(reader: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[User]:
    """The register as its page shows it, all or those of one role (`role`)."""
    role = asked.get("role", "")
    return staff_for(reader, role if role in STAFF_ROLES else "")


def _colleagues(reader: User, node: Node | None) -> QuerySet[User]:
    """Active colleagues, whose names and job numbers any member of staff may know; outsiders see none (ORG-011)."""
    if not Role.objects.filter(code__in=access_of(reader).roles, external=False).exists():
        return User.objects.none()
    found = User.objects.filter(is_active=True, is_system=False).order_by("job_number")
    if node is None:
        return found
    places = subtree(node.pk)
    return found.filter(Q(node__in=places) | Q(Exists(_granted().filter(node__in=places))))


def _current_roles() -> Prefetch[str]:
    return Prefetch("grants", queryset=valid_grants().select_related("role", "node").order_by("role_id"))


def _granted(*roles: str) -> QuerySet[Grant]:
    """What the colleague in the outer query holds today, of these roles or of those that contain them."""
    held = valid_grants().filter(user=OuterRef("pk"))
    return (
        held.filter(role__in=containing(Role.objects.filter(code__in=roles).values_list("pk", flat=True)))
        if roles
        else held
    )
