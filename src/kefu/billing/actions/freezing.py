"""Freezing a package for some days, and ending that early (CUS-029)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.prepaid_ledger import hold_prepaid, lasts
from kefu.billing.checking import LONGEST, check_words
from kefu.billing.choices import EntryKind
from kefu.billing.models import Prepaid, PrepaidFreeze
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.prepaid import freeze_open
from kefu.billing.sentences import FROZEN, THAWED
from kefu.customers.holding import hold
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User

MOST_DAYS = 366


@action
def freeze(*, prepaid: Prepaid, starts: date, until: date, reason: str, by: User, at: datetime) -> PrepaidFreeze:
    """Freeze a package from `starts` to `until`, both included: nothing is deducted meanwhile, and it lasts that many days longer.

    Raises Invalid (starts, until, reason), Refused `frozen`, `deducted_then`, `nothing_left` (CUS-029).
    """
    require(by, BillingPermission.PREPAID_KEEP, customer=prepaid.customer)
    check_words({"reason": reason}, {"reason": LONGEST})
    hold(prepaid.customer_id)
    held = hold_prepaid(prepaid.pk)
    _check_days(held, starts, until, timezone.localdate(at))
    if held.balance == 0:
        raise Refused("nothing_left", _("这个课包已经用完了。"))
    if held.freezes.filter(starts__lte=until, ends_before__gt=starts).exists():
        raise Refused("frozen", _("这几天已经冻结了。"))
    if held.entries.filter(kind=EntryKind.DEDUCTED, countered_by__isnull=True, on__gte=starts).exists():
        raise Refused("deducted_then", _("冻结的第一天已经划过课，请从第二天起冻结。"))
    before = until + timedelta(days=1)
    made = PrepaidFreeze.objects.create(
        prepaid=held, starts=starts, ends_before=before, planned_before=before, reason=reason.strip(), by=by, at=at
    )
    said = FROZEN(number=held.number, item=held.item, starts=starts.isoformat(), until=until.isoformat())
    lasts(held, before - starts, "frozen", said, by=by, at=at, reason=made.reason)
    return made


@action
def thaw(*, prepaid: Prepaid, by: User, at: datetime) -> PrepaidFreeze:
    """End the freeze that holds today or begins later: today counts no more, and the package lasts that much less than was given.

    Raises Refused `not_frozen` (CUS-029).
    """
    require(by, BillingPermission.PREPAID_KEEP, customer=prepaid.customer)
    hold(prepaid.customer_id)
    held, today = hold_prepaid(prepaid.pk), timezone.localdate(at)
    found = freeze_open(held, today)
    if found is None:
        raise Refused("not_frozen", _("这个课包没有冻结。"))
    found.ends_before = max(found.starts, today)
    found.ended_by, found.ended_at = by, at
    found.save(update_fields=["ends_before", "ended_by", "ended_at"])
    shorter = found.ends_before - found.planned_before
    said = THAWED(number=held.number, item=held.item, until=(held.valid_until + shorter).isoformat())
    lasts(held, shorter, "thawed", said, by=by, at=at)
    return found


def _check_days(prepaid: Prepaid, starts: date, until: date, today: date) -> None:
    errors = []
    if not today <= starts <= prepaid.valid_until:
        errors.append(FieldError("starts", "invalid", _("冻结从今天起，最晚到有效期最后一天")))
    if until < starts:
        errors.append(FieldError("until", "min_value", _("结束不能早于开始")))
    elif (until - starts).days >= MOST_DAYS:
        errors.append(FieldError("until", "max_value", _("一次最多冻结 366 天")))
    if errors:
        raise Invalid(errors)
