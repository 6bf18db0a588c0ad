"""What we know of a laboratory's system: how it writes, and which of its codes are which of ours (LAB-007)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import Invalid
from kefu.lab.hl7.charset import codec_of
from kefu.lab.models import Laboratory
from kefu.lab.permissions import LabPermission
from kefu.organisation.models import User


@action
def set_laboratory(
    *,
    application: str,
    facility: str = "",
    fallback_charset: str = "",
    codes: Mapping[str, str],
    by: User,
    at: datetime,
) -> Laboratory:
    """Keep what a sender really writes: its character set where its declaration is wrong, and codes that are not ours.

    Counts for messages from now on and for those filed again. Raises Invalid (application, fallback_charset).
    """
    require(by, LabPermission.MESSAGE_HANDLE)
    application, facility = application.strip()[:100], facility.strip()[:100]
    if not application:
        raise Invalid.one("application", "required", _("请填发送系统的名称"))
    if fallback_charset and codec_of(fallback_charset) is None:
        raise Invalid.one("fallback_charset", "unknown", _("没有这个字符集"))
    before = Laboratory.objects.filter(application=application, facility=facility).first()
    told = {"fallback_charset": fallback_charset, "codes": dict(codes), "changed_by": by, "changed_at": at}
    made, _new = Laboratory.objects.update_or_create(application=application, facility=facility, defaults=told)
    record(
        "lab.laboratory.set", by=by, at=at, subject=Subject("lab.laboratory", made.pk),
        changes={"fallback_charset": (before.fallback_charset if before else None, fallback_charset),
                 "codes": (str(before.codes) if before else None, str(dict(codes)))},
    )  # fmt: skip
    return made
