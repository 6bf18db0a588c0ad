"""What warehouses are judged by from requisitions: from when on goods are waited for, and whether all of them arrived (STK-009)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet

from kefu.requisitions.choices import State, StepKind
from kefu.requisitions.models import RequisitionStep, ShippedLine
from kefu.requisitions.queries.picking import KIND
from kefu.stock.measuring import register_fault, register_order


def _signed(requisition: OuterRef) -> QuerySet[RequisitionStep, object]:
    return RequisitionStep.objects.filter(requisition=requisition, kind=StepKind.SIGNED).values("at")


def _differed(slip: OuterRef, _until: datetime) -> QuerySet[ShippedLine]:
    """Lines that arrived broken, or not at first or never."""
    missing = Q(found__gt=0) | Q(back__gt=0) | Q(lost__gt=0) | Q(requisition__state=State.DIFFERENCE)
    return ShippedLine.objects.filter(Q(damaged__gt=0) | missing, requisition__slip=slip)


register_order(KIND, _signed)
register_fault("issues", "requisitions.differed", _differed)
