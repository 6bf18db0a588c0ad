"""What administration puts on other pages: its places in the navigation, the set-up on the workbench, hand-over of stand-ins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kefu.administration.actions.stand_ins import KIND, take_over
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.sentences import STAND_IN
from kefu.administration.setup import register_check, steps
from kefu.foundation.access.queries import access_of
from kefu.foundation.assignments.registry import AssignmentKind
from kefu.foundation.assignments.registry import register as register_assignment
from kefu.foundation.jobs.queries import failed_count
from kefu.foundation.slots.registry import NavItem, WorkItem, register, register_work
from kefu.foundation.worktime.models import Holiday
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Grant, Node, User


def places_are_there() -> bool:
    """Whether there is anything besides head office and its departments."""
    inner = (NodeKind.HEAD_OFFICE, NodeKind.DEPARTMENT)
    return Node.objects.filter(closed_on__isnull=True).exclude(kind__in=inner).exists()


def people_are_there() -> bool:
    """Whether anybody but administrators can work."""
    others = Grant.objects.filter(user__is_active=True, user__is_system=False).exclude(role__code="admin")
    return others.exists()


def calendar_is_there() -> bool:
    """Whether public holidays are known."""
    return Holiday.objects.exists()


def remaining_setup(user: User, at: datetime) -> Iterable[WorkItem]:
    """One line for administrators while something of the set-up is missing."""
    if not access_of(user).may(AdministrationPermission.SETUP_VIEW):
        return
    found = steps()
    missing = [step for step in found if not step.done]
    if missing:
        yield WorkItem(
            group="notice", label=_("开张清单"), icon="list-check", what=str(missing[0].label), url=reverse("administration:setup"),
            verb=_("去办"), why=f"{len(found) - len(missing)}/{len(found)}",
        )  # fmt: skip


def failed_jobs(user: User, at: datetime) -> int:
    """How many jobs wait for somebody to look."""
    return failed_count()


def _nav(order: int, label: object, icon: str, name: str, permission: AdministrationPermission) -> NavItem:
    return NavItem("management", order, label, icon, f"administration:{name}", permission)


register(
    _nav(10, _("员工账号"), "users", "users", AdministrationPermission.USER_VIEW),
    _nav(15, pgettext_lazy("navigation", "机构"), "building", "nodes", AdministrationPermission.NODE_VIEW),
    _nav(20, _("角色与权限"), "shield-lock", "roles", AdministrationPermission.ROLE_VIEW),
    _nav(22, _("逐级请示"), "checklist", "ladders", AdministrationPermission.ROLE_VIEW),
    _nav(25, _("代班"), "user-check", "stand_ins", AdministrationPermission.STAND_IN_ARRANGE),
    _nav(80, _("参数"), "ruler", "limits", AdministrationPermission.LIMIT_VIEW),
    _nav(82, _("日历"), "calendar", "calendars", AdministrationPermission.CALENDAR_VIEW),
    _nav(90, _("审计日志"), "history", "audit", AdministrationPermission.AUDIT_READ),
    NavItem("management", 92, _("后台任务"), "stack", "administration:jobs", AdministrationPermission.JOBS_VIEW, count=failed_jobs),
    _nav(95, _("开张清单"), "list-check", "setup", AdministrationPermission.SETUP_VIEW),
)  # fmt: skip
register_work("administration.setup", remaining_setup)
register_assignment(AssignmentKind(KIND, STAND_IN, on_accept=take_over, url=lambda _offer: "/stand-ins/"))
register_check("organisation", _("建分中心"), "/nodes/", places_are_there, order=10)
register_check("people", _("开通员工账号，给角色"), "/users/", people_are_there, order=20)
register_check("calendar", _("核对日历和节假日"), "/calendars/", calendar_is_there, order=30)
