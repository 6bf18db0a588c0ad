"""The door: a number, a code to that number, inside, and out again (SEC-001)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.details import read_phone
from kefu.customers.phones import lock_numbers
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.phones import PhoneKind, parse
from kefu.messaging.actions.numbers import send_to_number
from kefu.organisation.models import User
from kefu.portal.demo import on_screen
from kefu.portal.limits import CODE_MINUTES, CODE_TRIES, VISIT_DAYS, VISIT_HOURS
from kefu.portal.models import Visit
from kefu.portal.queries.door import customer_of, knocks_too_often, locked_until
from kefu.portal.rules import digest_of, hash_of, new_code, new_token

KIND = "portal.visit"
ROOM = timedelta(minutes=30)
"""How long the door remembers who knocked; the code itself counts for less."""


@dataclass(frozen=True)
class Proof:
    """What came of a code: the new token of the browser, or why not (`wrong`, `over`, `locked`).

    A refusal is an answer and no exception, since the wrong guess it counts must not be rolled back.
    """

    token: str = ""
    code: str = ""


@action
def knock(*, phone: str, address: str | None, by: User, at: datetime) -> str:
    """Send a code to a number, known or not, and answer the token the browser holds.

    Raises Invalid (`phone`), Refused `too_many_codes` by the rate limits, `locked` after too many wrong guesses (SEC-001).
    """
    number = _mobile(phone)
    lock_numbers(number)
    if (until := locked_until(number, at)) is not None:
        raise Refused(
            "locked",
            _("验证码输错太多次，请 %(time)s 后再试，或打电话预约。") % {"time": f"{timezone.localtime(until):%H:%M}"},
        )
    if knocks_too_often(number, address, at):
        raise Refused("too_many_codes", _("验证码发得太频繁了，请过一小时再试，或打电话预约。"))
    token, code, minutes = new_token(), new_code(), CODE_MINUTES.on(at)
    until = at + timedelta(minutes=minutes)
    visit = Visit.objects.create(
        digest=digest_of(token), phone=number, address=address, began_at=at, code_hash=hash_of(code, token, settings.SECRET_KEY),
        code_until=until, expires_at=at + ROOM,
    )  # fmt: skip
    subject = Subject(KIND, visit.pk)
    send_to_number(number=number, template="otp", values={"code": code, "minutes": minutes}, key=f"portal-visit:{visit.pk}",
                   subject=subject, secret=not on_screen(), expires_at=until, at=at)  # fmt: skip
    record("portal.code.sent", by=by, at=at, subject=subject)
    return token


@action
def prove(*, visit: Visit, token: str, code: str, by: User, at: datetime) -> Proof:
    """Let somebody in whose code is right; the browser gets another token. Five wrong ones end the visit (SEC-001)."""
    row = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    if row.ended_at is not None or row.proven_at is not None or row.code_until <= at:
        nothing_changed()
        return Proof(code="locked" if row.tries >= CODE_TRIES.on(at) else "over")
    if not hmac.compare_digest(row.code_hash, hash_of(code.strip(), token, settings.SECRET_KEY)):
        return _wrong(row, at)
    token = new_token()
    row.digest, row.code_hash, row.proven_at = digest_of(token), "", at
    row.expires_at = at + timedelta(hours=VISIT_HOURS.on(at))
    row.save(update_fields=["digest", "code_hash", "proven_at", "expires_at"])
    customer = customer_of(row)
    record(
        "portal.visit.begun", by=by, at=at, subject=Subject(KIND, row.pk), customer_id=customer.pk if customer else None
    )
    return Proof(token)


def _wrong(row: Visit, at: datetime) -> Proof:
    row.tries += 1
    over = row.tries >= CODE_TRIES.on(at)
    if over:
        row.ended_at, row.code_hash = at, ""
    row.save(update_fields=["tries", "ended_at", "code_hash"])
    record("portal.code.refused", by=None, at=at, subject=Subject(KIND, row.pk), kind=Kind.REFUSED)
    return Proof(code="locked" if over else "wrong")


@action
def leave(*, visit: Visit, by: User, at: datetime) -> None:
    """End a visit: its token opens nothing any more."""
    Visit.objects.filter(pk=visit.pk, ended_at__isnull=True).update(ended_at=at)
    record("portal.visit.ended", by=by, at=at, subject=Subject(KIND, visit.pk))


@action
def forget_visits(*, by: User, at: datetime) -> int:
    """Delete the visits that are over for some days. Answers how many (SEC-001)."""
    old = at - timedelta(days=VISIT_DAYS.on(at))
    count, _tables = Visit.objects.filter(began_at__lt=old, expires_at__lt=at).delete()
    if count:
        record("portal.visits.forgotten", by=by, at=at, changes={"count": (0, count)})
    else:
        nothing_changed()
    return count


def _mobile(text: str) -> str:
    number = read_phone(text)
    if parse(number.value, allow_demo=not settings.PRODUCTION).kind == PhoneKind.LANDLINE:
        raise Invalid.one("phone", "landline", _("座机收不到短信，请填手机号，或打电话预约。"))
    return number.value
