"""Refunds as requests that the level above decides; nobody decides his or her own."""

from __future__ import annotations

from django.urls import reverse

from kefu.billing.actions.refunds import KIND
from kefu.billing.models import Refund
from kefu.billing.sentences import REFUND
from kefu.foundation.approvals.models import ApprovalRequest
from kefu.foundation.approvals.registry import About, ApprovalKind, register
from kefu.kernel.money import show
from kefu.organisation.models import User


def about(request: ApprovalRequest, reader: User) -> About | None:
    """The refund a request is for, for those who may see the payment."""
    rows = Refund.objects.visible_to(reader).select_related("payment__customer")
    one = rows.filter(request=request).first()
    if one is None:
        return None
    name = f"{one.payment.customer.name} {one.payment.number} {show(one.amount)}"
    return About(name, reverse("billing:refund", args=[one.pk]))


register(ApprovalKind(KIND, REFUND, about=about))
