"""Printing the papers of an order (LAB-002, LAB-003)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import Refused
from kefu.lab.choices import SampleState
from kefu.lab.models import Order
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import GUIDE, LABELS, REQUEST, SHEET, subject_of
from kefu.organisation.models import User

DOCUMENTS = (SHEET, REQUEST, GUIDE, LABELS)


@action
def print_order(*, order: Order, document: str = SHEET, by: User, at: datetime) -> Print:
    """Print one of the papers of an order; the same content again is a copy, changed content a new version.

    Raises Refused `order_cancelled`, and `nothing_to_print` for labels while no kit is out; LookupError for an unknown paper.
    """
    require(by, LabPermission.ORDER_VIEW, customer=order.customer)
    if document not in DOCUMENTS:
        raise LookupError(document)
    if order.cancelled_at is not None:
        raise Refused("order_cancelled", _("这张检测单已经作废。"))
    if document == LABELS and not order.samples.filter(state=SampleState.AWAITED).exists():
        raise Refused("nothing_to_print", _("没有待采的样本，不用打标签。"))
    return print_document(code=document, subject=subject_of(order), customer_id=order.customer_id, by=by, at=at)
