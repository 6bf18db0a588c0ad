"""Tables of the laboratory."""

from kefu.lab.models.kits import KitIssue, KitIssueLine
from kefu.lab.models.messages import Laboratory, Message
from kefu.lab.models.orders import Order, OrderItem, OrderVersion, ReportPromise, Signature
from kefu.lab.models.reports import (
    CriticalValue,
    Handover,
    Interpretation,
    OverallDraft,
    OverallText,
    PaperReport,
    Report,
    ReviewDecision,
)
from kefu.lab.models.results import ResultVersion
from kefu.lab.models.samples import Consignment, Sample

__all__ = [
    "Consignment",
    "CriticalValue",
    "Handover",
    "Interpretation",
    "KitIssue",
    "KitIssueLine",
    "Laboratory",
    "Message",
    "Order",
    "OrderItem",
    "OrderVersion",
    "OverallDraft",
    "OverallText",
    "PaperReport",
    "Report",
    "ReportPromise",
    "ResultVersion",
    "ReviewDecision",
    "Sample",
    "Signature",
]
