"""Tables of requisitions."""

from kefu.requisitions.models.lendings import Lending, LendingLine, LendingReturn, LentLot
from kefu.requisitions.models.par import ParLevel
from kefu.requisitions.models.requisitions import Requisition, RequisitionLine, RequisitionStep
from kefu.requisitions.models.shipping import (
    ArrivalCount,
    ArrivalCountLine,
    LossConsent,
    PackingTick,
    Parcel,
    Picked,
    PickMiss,
    Settlement,
    ShippedLine,
)

__all__ = [
    "ArrivalCount",
    "ArrivalCountLine",
    "Lending",
    "LendingLine",
    "LendingReturn",
    "LentLot",
    "LossConsent",
    "PackingTick",
    "ParLevel",
    "Parcel",
    "PickMiss",
    "Picked",
    "Requisition",
    "RequisitionLine",
    "RequisitionStep",
    "Settlement",
    "ShippedLine",
]
