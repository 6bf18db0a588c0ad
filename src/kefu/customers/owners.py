"""Whether people may be a customer's owners."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import colleagues_with
from kefu.kernel.errors import FieldError
from kefu.organisation.models import Node, User


def check_owners(node: Node, doctor: User | None, health_manager: User | None) -> list[FieldError]:
    """What is wrong with the people chosen as owners at a centre."""
    errors = []
    if doctor is not None and not colleagues_with("doctor", node.pk).filter(pk=doctor.pk).exists():
        errors.append(FieldError("doctor", "not_a_doctor_here", _("这位同事不是该分中心的功能医生。")))
    if (
        health_manager is not None
        and not colleagues_with("health_manager", node.pk).filter(pk=health_manager.pk).exists()
    ):
        errors.append(FieldError("health_manager", "not_a_manager_here", _("这位同事不是该分中心的健康管理师。")))
    return errors
