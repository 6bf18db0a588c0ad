"""Who may be booked, and the directories of colleagues."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import access_of, colleagues_with, scope, subtree, valid_grants
from kefu.kernel.errors import Refused
from kefu.organisation.models import Grant, Node, Role, User
from kefu.people.choices import Hindrance
from kefu.people.models import Agreement, Doctor, Institution, InstitutionRole, RegionalQuality
from kefu.people.permissions import PeoplePermission
from kefu.people.rules import hindrance

MANAGER = "health_manager"
EXPANSION = "expansion"
DOCTOR = "doctor"
STAFF_ROLES = {
    MANAGER: _("健康管理师"),
    "service_agent": _("客服顾问"),
    "service_supervisor": _("客服主管"),
    "consulting": _("咨询部"),
}
"""Roles that are registered on the pattern of the doctors (ORG-006)."""


_REGISTERED = "SELECT employment, certified_on, agreement_signed_on FROM people_doctor WHERE user_id = %s"


def hindrance_of(user: User) -> Hindrance:
    """What keeps a person from practising as a doctor. One plain query: every booking and interview asks."""
    with connection.cursor() as cursor:
        cursor.execute(_REGISTERED, [user.pk])
        row = cursor.fetchone()
    if row is None:
        return Hindrance.NOT_REGISTERED
    employment, certified_on, agreement_signed_on = row
    told = hindrance(employment=employment, certified_on=certified_on, agreement_signed_on=agreement_signed_on)
    return Hindrance(told)


def require_bookable(user: User) -> None:
    """Raise Refused `doctor_not_certified` unless the doctor may see customers (ORG-002, ORG-003)."""
    hindrance = Hindrance.NOT_REGISTERED if not user.is_active else hindrance_of(user)
    if hindrance != Hindrance.NONE:
        raise Refused(
            "doctor_not_certified",
            _("%(name)s医生%(why)s，不能安排接诊，请换一位医生或先补办。")
            % {"name": user.name, "why": hindrance.label},
            {"hindrance": hindrance.value},
        )


def doctors(reader: User, node: Node | None = None) -> QuerySet[User]:
    """Doctors who may be booked, of everywhere or of one place and below, for a colleague to choose from."""
    bookable = Doctor.objects.practising().filter(user=OuterRef("pk"))
    return _colleagues(reader, node).filter(Exists(bookable))


def managers(reader: User, node: Node | None = None) -> QuerySet[User]:
    """Health managers, of everywhere or of one place and below."""
    return _colleagues(reader, node).filter(Exists(_granted().filter(role__code=MANAGER)))


def signers(institution: Institution) -> QuerySet[User]:
    """Who signs agreements with an institution: the expansion department where it is looked after."""
    return colleagues_with(EXPANSION, institution.node_id)


def institutions(reader: User, *, part: str = "", text: str = "", closed: bool = False) -> QuerySet[Institution]:
    """Institutions within the reader's reach, by number; of one part, whose name, number or person in charge holds a text."""
    found = Institution.objects.visible_to(reader).filter(closed_on__isnull=not closed).select_related("node")
    if part:
        found = found.filter(
            Exists(InstitutionRole.objects.filter(institution=OuterRef("pk"), part=part, valid_to__isnull=True))
        )
    for word in text.split():
        found = found.filter(
            Q(zh__icontains=word)
            | Q(en__icontains=word)
            | Q(code__icontains=word)
            | Q(person_in_charge__icontains=word)
        )
    current = InstitutionRole.objects.filter(valid_to__isnull=True)
    return found.prefetch_related(Prefetch("roles", queryset=current, to_attr="parts"))


def ending_agreements(reader: User, until: date, today: date) -> QuerySet[Agreement]:
    """Agreements in force that end by a day, the first to end first, of institutions the reader may sign for."""
    mine = Institution.objects.visible_to(reader, PeoplePermission.INSTITUTION_SIGN)
    running = Agreement.objects.filter(ended_on__isnull=True, valid_to__gte=today, valid_to__lte=until)
    return running.filter(institution__in=mine).select_related("institution").order_by("valid_to", "pk")


def latest_regions(institution: Institution) -> QuerySet[RegionalQuality]:
    """How each region is served, as last judged."""
    judged = RegionalQuality.objects.filter(institution=institution)
    return judged.order_by("region", "-at").distinct("region").select_related("by")


def unregistered_doctors(reader: User) -> QuerySet[User]:
    """Colleagues with the role of a doctor whom nobody has entered into the register yet."""
    held = _granted().filter(role__code=DOCTOR)
    reached = User.objects.filter(scope(reader, PeoplePermission.REGISTER_VIEW, node="node_id"), is_active=True)
    return reached.filter(Exists(held), doctor__isnull=True).order_by("job_number")


def staff_for(reader: User, role: str = "") -> QuerySet[User]:
    """Active colleagues of the other registers, all or those of one role, within what the reader's right reaches."""
    held = _granted().filter(role__code__in=[role] if role else list(STAFF_ROLES))
    reached = User.objects.filter(scope(reader, PeoplePermission.REGISTER_VIEW, node="node_id"), is_active=True)
    roles = Grant.objects.filter(valid_to__isnull=True).select_related("role", "node").order_by("role_id")
    found = reached.filter(Exists(held), is_system=False).select_related("node", "profile").order_by("job_number")
    return found.prefetch_related(Prefetch("grants", queryset=roles))


def _colleagues(reader: User, node: Node | None) -> QuerySet[User]:
    """Active colleagues, whose names and job numbers any member of staff may know; outsiders see none (ORG-011)."""
    if not Role.objects.filter(code__in=access_of(reader).roles, external=False).exists():
        return User.objects.none()
    found = User.objects.filter(is_active=True, is_system=False).order_by("job_number")
    if node is None:
        return found
    places = subtree(node.pk)
    return found.filter(Q(node__in=places) | Q(Exists(_granted().filter(node__in=places))))


def _granted() -> QuerySet[Grant]:
    """What the colleague in the outer query holds today."""
    return valid_grants().filter(user=OuterRef("pk"))
