"""Who may be one person: found at night by number, card, and name with birth date; people say who is not."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Likeness
from kefu.customers.details import read_reason
from kefu.customers.models import LikePair
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.organisation.models import User

_APART = "a.merged_into_id IS NULL AND b.merged_into_id IS NULL AND b.id > a.id"
_PHONE = f"""
    SELECT DISTINCT a.id, b.id, {Likeness.PHONE.value} FROM customers_contactpoint p
    JOIN customers_contactpoint q ON q.kind = 'phone' AND q.value = p.value AND q.active AND q.customer_id > p.customer_id
    JOIN customers_customer a ON a.id = p.customer_id JOIN customers_customer b ON b.id = q.customer_id
    WHERE p.kind = 'phone' AND p.active AND {_APART} AND NOT EXISTS (
        SELECT 1 FROM customers_familylink f WHERE f.active
        AND ((f.customer_id = a.id AND f.relative_id = b.id) OR (f.customer_id = b.id AND f.relative_id = a.id)))
"""  # noqa: S608  constants of this file
_CARD = f"""
    SELECT a.id, b.id, {Likeness.CARD.value} FROM customers_customer a JOIN customers_customer b ON b.card_number = a.card_number
    WHERE a.card_number <> '' AND b.card_number <> '' AND {_APART}
"""  # noqa: S608
_NAME = f"""
    SELECT a.id, b.id, {Likeness.NAME.value} FROM customers_customer a JOIN customers_customer b
    ON b.name = a.name AND b.birth_date = a.birth_date WHERE a.name <> '' AND {_APART}
"""  # noqa: S608
_KEEP = """
    INSERT INTO customers_likepair (first_id, second_id, why, found_at, dismissed_reason)
    SELECT first, second, max(why), %s, '' FROM ({found}) AS pair (first, second, why) GROUP BY first, second
    ON CONFLICT (first_id, second_id) DO UPDATE SET why = excluded.why, found_at = excluded.found_at
"""


@action
def look_for_pairs(*, by: User, at: datetime) -> None:
    """Find all pairs anew; those nobody dismissed and that are no longer alike are dropped, dismissed ones stay so."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(found=" UNION ALL ".join((_PHONE, _CARD, _NAME))), [at])
    LikePair.objects.filter(dismissed_at__isnull=True, found_at__lt=at).delete()
    nothing_changed()


@within_action
def note_same_number(*, customer_id: int, others: list[int], at: datetime) -> None:
    """Somebody was registered with a number that others have: the pairs need not wait for the night."""
    pairs = [sorted((customer_id, other)) for other in others if other != customer_id]
    LikePair.objects.bulk_create(
        [LikePair(first_id=first, second_id=second, why=Likeness.PHONE, found_at=at) for first, second in pairs],
        ignore_conflicts=True,
    )


@action
def dismiss_pair(*, pair: LikePair, reason: str, by: User, at: datetime) -> LikePair:
    """Say that the two are not one person; they are not proposed again. Raises Invalid (`reason`), Forbidden, OutOfScope."""
    for customer in (pair.first, pair.second):
        require(by, CustomerPermission.MERGE, customer=customer)
    why = read_reason(reason, _("请写明为什么不是同一个人。"))
    pair = (
        LikePair.objects.select_for_update(of=("self",), no_key=True).select_related("first", "second").get(pk=pair.pk)
    )
    if pair.dismissed_at is not None:
        nothing_changed()
        return pair
    pair.dismissed_by, pair.dismissed_at, pair.dismissed_reason = by, at, why
    pair.save(update_fields=["dismissed_by", "dismissed_at", "dismissed_reason"])
    subject = Subject("customers.pair", pair.pk)
    for customer, other in ((pair.first, pair.second), (pair.second, pair.first)):
        record("customers.pair.dismissed", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id,
               changes={"other": (None, other.pk)}, reason=pair.dismissed_reason)  # fmt: skip
    return pair
