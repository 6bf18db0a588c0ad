"""What the centres' staff keep to themselves, told to the modules below."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from kefu.appointments.online import offline
from kefu.portal.limits import OFFLINE_DOCTORS
from kefu.portal.rules import listed


@offline
def _doctors(at: datetime) -> Collection[str]:
    return listed(OFFLINE_DOCTORS.on(at))
