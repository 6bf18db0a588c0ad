"""Ringing the bell of colleagues and writing to customers about parcels. Neither says what is in them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse

from kefu.foundation.audit.trail import Subject, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said
from kefu.messaging.actions import send
from kefu.organisation.models import User
from kefu.sales.models import Purchase
from kefu.sales.queries import KIND

log = logging.getLogger(__name__)


@within_action
def tell_colleague(*, user: User | None, purchase: Purchase, code: str, text: Said, at: datetime) -> None:
    """Ring the bell of one colleague about a purchase."""
    link = reverse("sales:purchase", args=[purchase.pk])
    tell(users=[user] if user else [], code=code, text=text, link=link, customer_id=purchase.customer_id, at=at)


@within_action
def message(
    *, purchase: Purchase, template: str, values: Mapping[str, object], key: str = "", by: User, at: datetime
) -> None:
    """A message that cannot be written keeps nobody from work: the health manager tells the customer in person."""
    subject = Subject(KIND, purchase.pk)
    try:
        send(customer=purchase.customer, template=template, values=values, subject=subject, key=key, by=by, at=at)
    except LookupError:
        log.warning("no message template %s: the customer of purchase %s was not told", template, purchase.pk)
