"""Certificates: whose, which come near their end, and who keeps the register."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.access.rules import need_of
from kefu.organisation.models import RoleCell, User
from kefu.people.models import Credential
from kefu.people.models.credentials import CredentialQuerySet
from kefu.people.permissions import PeoplePermission

PERSONNEL = "hr_manager"
ADMINISTRATOR = "admin"


def credentials_of(user: User) -> CredentialQuerySet:
    """Somebody's certificates that count, by kind, the newest first."""
    return Credential.objects.counting().filter(user=user).select_related("checked_by")


def running_out(day: date) -> CredentialQuerySet:
    """Certificates of active colleagues that end on a day or later and that no longer one of the same kind replaces."""
    longer = Credential.objects.counting().filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("valid_to")), user=OuterRef("user"), kind=OuterRef("kind")
    )
    found = Credential.objects.counting().filter(~Exists(longer), valid_to__gte=day, user__is_active=True)
    return found.select_related("user__node")


def ending_credentials(reader: User, until: date, today: date) -> QuerySet[Credential]:
    """Those the reader keeps, or his or her own, that run out by a day."""
    mine = running_out(today).visible_to(reader, PeoplePermission.REGISTER_EDIT)
    return mine.filter(valid_to__lte=until).order_by("valid_to", "pk")


def keepers(node_id: int) -> QuerySet[User]:
    """Who keeps the register of a place: personnel, or the administrators where there is none."""
    personnel = colleagues_with(PERSONNEL, node_id)
    return personnel if personnel.exists() else colleagues_with(ADMINISTRATOR, node_id)


def directors(node_id: int) -> set[User]:
    """Who decides at a place when somebody leaves: the holders of the right there or above."""
    need = need_of(PeoplePermission.LEAVING_DECIDE)
    cells = RoleCell.objects.filter(function__code=need.function, level__gte=need.level)
    return {user for code in cells.values_list("role__code", flat=True) for user in colleagues_with(code, node_id)}
