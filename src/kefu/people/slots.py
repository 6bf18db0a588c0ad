"""What the registers put elsewhere: places in the navigation, whose files the certificates are, a step of the set-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kefu.administration.setup import register_check
from kefu.foundation.files.policies import register_policy
from kefu.foundation.slots.registry import NavItem, register
from kefu.organisation.models import User
from kefu.people.models import Doctor
from kefu.people.permissions import PeoplePermission


def _reaches(user: User, doctor_id: int, permission: PeoplePermission) -> bool:
    return Doctor.objects.visible_to(user, permission).filter(pk=doctor_id).exists()


def doctors_are_there() -> bool:
    """Whether anybody may see customers."""
    return Doctor.objects.practising().exists()


register(
    NavItem(
        "management",
        30,
        pgettext_lazy("navigation", "医生"),
        "stethoscope",
        "people:doctors",
        PeoplePermission.REGISTER_VIEW,
    ),
    NavItem("management", 35, _("员工名册"), "users-group", "people:staff", PeoplePermission.REGISTER_VIEW),
)
register_check("doctors", _("登记医生，核对资格"), "/doctors/", doctors_are_there, order=25)
register_policy(
    "people.doctor",
    lambda user, doctor_id: _reaches(user, doctor_id, PeoplePermission.REGISTER_VIEW),
    add=lambda user, doctor_id: _reaches(user, doctor_id, PeoplePermission.REGISTER_EDIT),
)
