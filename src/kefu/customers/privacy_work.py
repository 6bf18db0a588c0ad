"""Requests about customers' data on the workbench of those who may decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.privacy import to_decide
from kefu.foundation.access.queries import access_of
from kefu.foundation.slots.registry import WorkItem
from kefu.organisation.models import User

SHOWN = 50


def requested(user: User, at: datetime) -> Iterable[WorkItem]:
    """What a colleague entered and this person may decide, with the day until which the customer is answered."""
    if not access_of(user).may(CustomerPermission.PRIVACY_DECIDE):
        return
    here = timezone.get_default_timezone()
    for one in to_decide(user)[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("资料要求"), icon="shield-check", what=str(one.get_kind_display()),
            url=reverse("customers:privacy", args=[one.customer_id]), why=one.by.name, verb=_("去决定"),
            due_at=datetime.combine(one.due_on, time.max, here), started_at=one.at, customer_id=one.customer_id,
            customer_name=one.customer.name,
        )  # fmt: skip
