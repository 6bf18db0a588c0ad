"""The list of customers to contact, taken away as a spreadsheet."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.followup.bulk import FOLLOWUPS
from kefu.followup.models import FollowUp
from kefu.followup.permissions import FollowUpPermission
from kefu.foundation.exchange.lists import Asked, Listed, register
from kefu.organisation.models import User


def due_listed(user: User, asked: Asked, at: datetime) -> QuerySet[FollowUp]:
    """What the page lists, the earliest first."""
    return FOLLOWUPS.rows(user, asked, at).order_by("due_at", "id")


DUE = register(
    Listed(
        code="followup.due", title=_("回访"), page="followup:due", view=(FollowUpPermission.VIEW,), rows=due_listed,
        nodes=("customer__node_id",), customers=lambda one: (one.customer_id,),
        columns=(
            (_("应于"), lambda one: one.due_at), (_("类别"), lambda one: one.get_kind_display()), (_("客户"), lambda one: one.customer.name),
            (_("分中心"), lambda one: one.customer.node.label), (_("事由"), lambda one: one.topic), (_("已打次数"), lambda one: one.attempts),
            (_("健康管理师"), lambda one: one.customer.health_manager.name if one.customer.health_manager else ""),
            (_("谁在办"), lambda one: one.taken_by.name if one.taken_by else ""),
        ),
    )
)  # fmt: skip
