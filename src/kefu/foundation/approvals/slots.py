"""The place of requests on the workbench."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.approvals.queries import waiting_for
from kefu.foundation.approvals.registry import kind_of
from kefu.foundation.slots.registry import WorkItem, register_work
from kefu.organisation.models import User

MOST = 200


def to_decide(user: User, at: datetime) -> Iterable[WorkItem]:
    """Requests whose level is the person's."""
    for request in waiting_for(user)[:MOST]:
        kind = kind_of(request.kind)
        yield WorkItem(
            group="handover", label=kind.label, icon="writing", what=str(kind.matters.get(request.matter, kind.label)),
            url=reverse("approvals:request", args=[request.pk]), verb=_("批示"), started_at=request.since, why=request.made_by.name,
        )  # fmt: skip


register_work("approvals", to_decide)
