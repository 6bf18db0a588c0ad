"""Whose files the certificates and agreements are."""

from __future__ import annotations

from kefu.foundation.files.policies import register_policy
from kefu.organisation.models import User
from kefu.people.models import Doctor
from kefu.people.permissions import PeoplePermission


def _reaches(user: User, doctor_id: int, permission: PeoplePermission) -> bool:
    return Doctor.objects.visible_to(user, permission).filter(pk=doctor_id).exists()


register_policy(
    "people.doctor",
    lambda user, doctor_id: _reaches(user, doctor_id, PeoplePermission.REGISTER_VIEW),
    add=lambda user, doctor_id: _reaches(user, doctor_id, PeoplePermission.REGISTER_EDIT),
)
