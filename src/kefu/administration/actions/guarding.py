"""Somebody must always be able to grant roles."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import containing
from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import Refused
from kefu.organisation.choices import Level
from kefu.organisation.models import Grant, RoleCell

FUNCTION = "role_admin"


@within_action
def require_an_administrator(day: date) -> None:
    """Raise Refused `last_administrator` when after this change nobody could grant roles on that day any more."""
    roles = containing(
        RoleCell.objects.filter(function__code=FUNCTION, level=Level.ACT).values_list("role_id", flat=True)
    )
    that_day = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    if not Grant.objects.filter(that_day, role_id__in=roles, user__is_active=True, user__is_system=False).exists():
        raise Refused("last_administrator", _("这样就没有人能管理角色了。请先把这个权限给另一位同事。"))
