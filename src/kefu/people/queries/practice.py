"""Whether a doctor may see customers (ORG-002, ORG-003)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.people.choices import Hindrance
from kefu.people.models import Credential
from kefu.people.rules import hindrance

_REGISTERED = """
    SELECT employment, certified_on, agreement_signed_on, EXISTS (
        SELECT 1 FROM people_credential old
        WHERE old.user_id = doctor.user_id AND old.mandatory AND old.withdrawn_on IS NULL AND old.valid_to < %(day)s AND NOT EXISTS (
            SELECT 1 FROM people_credential follower
            WHERE follower.user_id = old.user_id AND follower.kind = old.kind AND follower.withdrawn_on IS NULL
              AND follower.checked_on IS NOT NULL AND (follower.valid_to IS NULL OR follower.valid_to >= %(day)s)
        )
    )
    FROM people_doctor doctor WHERE user_id = %(user)s
"""


def hindrance_of(user: User, day: date) -> Hindrance:
    """What keeps a person from practising as a doctor on a day. One plain query: every booking and interview asks."""
    with connection.cursor() as cursor:
        cursor.execute(_REGISTERED, {"user": user.pk, "day": day})
        row = cursor.fetchone()
    if row is None:
        return Hindrance.NOT_REGISTERED
    employment, certified_on, agreement_signed_on, lapsed = row
    return Hindrance(
        hindrance(
            employment=employment, certified_on=certified_on, agreement_signed_on=agreement_signed_on, lapsed=lapsed
        )
    )


def require_bookable(user: User, at: datetime) -> None:
    """Raise Refused `doctor_not_certified` unless the doctor may see customers; a certificate that ran out is named (ORG-002, ORG-003)."""
    day = timezone.localdate(at)
    told = Hindrance.NOT_REGISTERED if not user.is_active else hindrance_of(user, day)
    if told == Hindrance.NONE:
        return
    details: dict[str, object] = {"hindrance": told.value}
    gone = Credential.objects.lapsed(day).filter(user=user).first() if told == Hindrance.EXPIRED else None
    if gone is not None and gone.valid_to is not None:
        raise Refused(
            "doctor_not_certified",
            _("%(name)s医生的%(what)s %(day)s 到期，不能安排接诊，请换一位医生或先补办。")
            % {"name": user.name, "what": gone.get_kind_display(), "day": gone.valid_to.isoformat()},
            details | {"credential": gone.kind, "valid_to": gone.valid_to.isoformat()},
        )
    raise Refused(
        "doctor_not_certified",
        _("%(name)s医生%(why)s，不能安排接诊，请换一位医生或先补办。") % {"name": user.name, "why": told.label},
        details,
    )
