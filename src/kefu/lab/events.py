"""Facts about orders, kits, samples and reports for the modules above. All carry the order."""

from dataclasses import dataclass
from datetime import date, datetime

from kefu.organisation.models import User


@dataclass(frozen=True, kw_only=True)
class LabFact:
    """What every fact says: which order, whose, who, when."""

    order_id: int
    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(LabFact):
    """A doctor ordered tests (JRN-005)."""


@dataclass(frozen=True, kw_only=True)
class OrderChanged(LabFact):
    """The tests of an order changed; if it was signed, the signature is void."""

    signature_voided: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(LabFact):
    """An order was cancelled before any sample was accepted."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderSigned(LabFact):
    """The customer signed the sheet and the charge is recorded (LAB-002)."""


@dataclass(frozen=True, kw_only=True)
class KitIssued(LabFact):
    """The kits left the centre; the customer is sampling (JRN-006)."""


@dataclass(frozen=True, kw_only=True)
class KitTakenBack(LabFact):
    """The kits came back unused."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SampleAccepted(LabFact):
    """Every ordered item now has a qualified sample: the laboratory is testing (JRN-007)."""


@dataclass(frozen=True, kw_only=True)
class SampleRejected(LabFact):
    """At least one sample was unfit; it is taken again (LAB-006)."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SampleCheckUndone(LabFact):
    """A check was a mistake and is taken back before any report came."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ReportArrived(LabFact):
    """The laboratory delivered an item report; `first` of this order (JRN-008)."""

    report_id: int
    first: bool


@dataclass(frozen=True, kw_only=True)
class ReportRejected(LabFact):
    """The consulting department sent an item report back."""

    report_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReportsApproved(LabFact):
    """All item reports of the order are approved (JRN-009)."""


@dataclass(frozen=True, kw_only=True)
class ApprovalWithdrawn(LabFact):
    """An approval was taken back, or a corrected report reopened the review."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class OverallWritten(LabFact):
    """The doctor entered the overall report (JRN-010)."""


@dataclass(frozen=True, kw_only=True)
class PaperMade(LabFact):
    """The complete report was exported for printing (JRN-011)."""


@dataclass(frozen=True, kw_only=True)
class ReportHandedOver(LabFact):
    """The paper report was collected or posted (JRN-012); `received_on` is None while it travels."""

    mode: str
    received_on: date | None


@dataclass(frozen=True, kw_only=True)
class ReceiptRecorded(LabFact):
    """The day on which the customer received the paper report became known (LAB-009)."""

    received_on: date


@dataclass(frozen=True, kw_only=True)
class ReportInterpreted(LabFact):
    """The doctor explained the report (JRN-013)."""
