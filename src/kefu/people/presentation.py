"""How a doctor's standing is shown."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.inputs import Status
from kefu.people.choices import Hindrance
from kefu.people.models import Doctor


def standing(doctor: Doctor) -> Status:
    """Whether the doctor may see customers, and what is missing."""
    if not doctor.user.is_active:
        return Status("quiet", "user-x", _("已停用"))
    if doctor.hindrance == Hindrance.NONE:
        return Status("done", "certificate", Hindrance.NONE.label)
    return Status("late", "alert-triangle", doctor.hindrance.label)
