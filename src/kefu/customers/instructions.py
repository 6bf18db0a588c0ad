"""Requests for instruction [请示]: what goes beyond one's own duty, with one's own proposal, to the level above (ORG-014, WFM-031).

They may be about a customer, who is named to those who may see him.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Matter
from kefu.customers.models import Customer
from kefu.customers.sentences import INSTRUCTION
from kefu.foundation.approvals.models import ApprovalRequest
from kefu.foundation.approvals.registry import About, ApprovalKind, register
from kefu.organisation.models import User

CODE = "customers.instruction"


def about(request: ApprovalRequest, reader: User) -> About | None:
    """The customer of a request, for those who may see the customer."""
    if request.customer_id is None:
        return None
    one = Customer.objects.visible_to(reader).filter(pk=request.customer_id).first()
    return About(one.name or str(_("未留姓名")), reverse("customers:page", args=[one.pk])) if one else None


register(ApprovalKind(CODE, INSTRUCTION, matters=dict(Matter.choices), needs_proposal=True, about=about))
