"""Promotions by season and state (PRD-013)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, QuerySet

from kefu.organisation.models import User
from kefu.products import rules
from kefu.products.choices import PromotionState
from kefu.products.models import Promotion


def promotions_listed(_user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Promotion]:
    """Plans, the latest first, of one season (`season`) or state (`state`)."""
    rows = Promotion.objects.select_related("node", "by", "decided_by").annotate(products=Count("lines"))
    if months := rules.months_of(asked.get("season", "")):
        rows = rows.filter(starts_on__month__in=months)
    state = asked.get("state", "")
    return (rows.filter(state=state) if state in PromotionState.values else rows).order_by("-id")
