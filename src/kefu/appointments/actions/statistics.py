"""Taking the statistics of bookings away (APT-010, RPT-001)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from kefu.appointments.choices import Grouping
from kefu.appointments.figures import FIGURES, Figures
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.statistics import Asked, Statistics, statistics
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import scope
from kefu.foundation.audit.trail import action
from kefu.foundation.exchange.export import ExportFile, export_rows
from kefu.foundation.exchange.permissions import ExchangePermission
from kefu.organisation.models import User


@action
def export_statistics(
    *, asked: Asked, grouping: Grouping, reason: str, form: Literal["csv", "xlsx"], by: User, at: datetime
) -> ExportFile:
    """The lines of the page, of places whose data the person may take away. Raises Forbidden, Invalid on `reason`."""
    require(by, ExchangePermission.LIST_EXPORT)
    require(by, AppointmentPermission.VIEW)
    found = statistics(by, asked, grouping, scope(by, ExchangePermission.LIST_EXPORT))
    return export_rows(
        code="appointments.statistics.exported",
        title=_("预约统计"),
        columns=[grouping.label, *(str(one.label) for one in FIGURES)],
        rows=_rows(found),
        reason=reason,
        by=by,
        at=at,
        form=form,
    )


def _rows(found: Statistics) -> Iterator[list[object]]:
    for group in found.groups:
        yield [group.label, *_cells(group.figures)]
    yield [_("合计"), *_cells(found.total)]
    for _code, label, many in found.reasons:
        yield [_("取消原因：%s") % label, *(many if one.code == "cancelled" else None for one in FIGURES)]


def _cells(figures: Figures) -> list[object]:
    return [one.value(figures) for one in FIGURES]
