"""When a review is due."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.worktime import WorkAmount, WorkUnit, due
from kefu.lab.limits import REVIEW_DAYS
from kefu.organisation.models import Node


def review_due(node: Node, at: datetime) -> datetime:
    """Until when a report that arrived at `at` should be reviewed."""
    days = REVIEW_DAYS.on(at, node_id=node.pk)
    return due(calendar_for(node), at, WorkAmount(max(days, 1), WorkUnit.WORKING_DAYS))
