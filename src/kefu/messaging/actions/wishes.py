"""How a customer likes to be written to (FUP-007)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.outbox.actions import withdraw
from kefu.kernel.errors import FieldError, Invalid
from kefu.kernel.lunar import LunarRangeError, next_lunar_birthday
from kefu.messaging.choices import Language, Withheld
from kefu.messaging.models import REACHING, Message, Wish
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.queries import GREETING, wish_of
from kefu.organisation.models import User

FIELDS = ("language", "channel", "lunar_month", "lunar_day", "lunar_leap", "no_greetings")


@action
def set_wish(
    *, customer: Customer, language: str, channel: str = "", lunar_month: int | None = None, lunar_day: int | None = None, lunar_leap: bool = False,
    no_greetings: str = "", by: User, at: datetime,
) -> Wish:  # fmt: skip
    """Write to the customer in a language, by the way he or she likes best where a message may go by it; greet on a lunar birthday instead of the solar one; or, with a reason, not at all:
    greetings that wait to leave then stay here.

    Raises Forbidden, OutOfScope, Invalid for a day that never comes or a language nobody writes.
    """
    require(by, MessagingPermission.CONTACT_LOG, customer=customer)
    hold(customer.pk)
    _check(language, channel, lunar_month, lunar_day, lunar_leap, no_greetings, at)
    after = dict(
        zip(FIELDS, (language, channel, lunar_month, lunar_day, lunar_leap, no_greetings.strip()), strict=True)
    )
    before = {name: getattr(wish_of(customer), name) for name in FIELDS}
    changed = {name: (before[name], after[name]) for name in FIELDS if before[name] != after[name]}
    if not changed:
        nothing_changed()
        return wish_of(customer)
    wish, _made = Wish.objects.update_or_create(customer=customer, defaults={**after, "by": by, "at": at})
    record("messaging.wish.set", by=by, at=at, subject=Subject("customers.customer", customer.pk), customer_id=customer.pk, node_id=customer.node_id,
           personal=changed)  # fmt: skip
    if "no_greetings" in changed and wish.no_greetings:
        greetings = Message.objects.filter(customer=customer, template__group=GREETING).exclude(outbox=None)
        withdraw(customer_id=customer.pk, only=greetings.values_list("outbox", flat=True), reason=Withheld.NO_GREETINGS.said, by=by, at=at)  # fmt: skip
    return wish


def _check(
    language: str, channel: str, month: int | None, day: int | None, leap: bool, reason: str, at: datetime
) -> None:
    errors = []
    if language not in Language.values:
        errors.append(FieldError("language", "unknown", _("没有这个选项，请重新选。")))
    if channel not in ("", *dict(REACHING)):
        errors.append(FieldError("channel", "unknown", _("没有这个选项，请重新选。")))
    if (month is None) != (day is None) or (leap and month is None):
        errors.append(FieldError("lunar_month", "whole", _("农历生日的月和日要一起填。")))
    elif month is not None and day is not None and not _comes(month, day, leap, at):
        errors.append(FieldError("lunar_day", "never", _("农历没有这一天，请核对。")))
    if len(reason.strip()) > 200:
        errors.append(FieldError("no_greetings", "too_long", _("原因最多 200 个字。")))
    if errors:
        raise Invalid(errors)


def _comes(month: int, day: int, leap: bool, at: datetime) -> bool:
    try:
        next_lunar_birthday(at.date(), month, day, leap)
    except LunarRangeError:
        return False
    return True
