"""The place of hand-overs on the workbench."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.assignments.queries import waiting_for
from kefu.foundation.assignments.registry import kind_of
from kefu.foundation.slots.registry import WorkItem, register_work
from kefu.organisation.models import User

MOST = 200


def handovers(user: User, at: datetime) -> Iterable[WorkItem]:
    """Offers that wait for an answer; the customer is named without a link, since he or she becomes visible only with the acceptance."""
    for assignment in waiting_for(user)[:MOST]:
        asked, about_customer = str(kind_of(assignment.kind).label), assignment.customer_id is not None
        yield WorkItem(
            group="handover", label=_("移交"), icon="arrows-exchange", what=asked if about_customer else assignment.title,
            url=reverse("assignments:list"), verb=_("答复"), started_at=assignment.offered_at,
            why=f"{assignment.offered_by.name}：{assignment.reason}",
            customer_name=assignment.title if about_customer else "",
        )  # fmt: skip


register_work("assignments", handovers)
