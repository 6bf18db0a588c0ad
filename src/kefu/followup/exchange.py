"""Lists that are taken away as a spreadsheet: customers to contact with the columns that were chosen, and who got a push."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.followup.bulk import DUE, FOLLOWUPS
from kefu.followup.models import Push, PushRecipient
from kefu.followup.permissions import FollowUpPermission
from kefu.foundation.exchange.lists import Asked, Listed, register
from kefu.foundation.lists.exporting import away
from kefu.foundation.outbox.choices import State
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User


def pushed(user: User, asked: Asked, at: datetime) -> QuerySet[PushRecipient]:
    """Who got a push and what came of it, in the order in which it was written."""
    number, seen = asked.get("push", ""), Push.objects.visible_to(user)
    if number:
        seen = seen.filter(pk=parse_number(number) or 0)
    rows = PushRecipient.objects.filter(
        push__in=seen, customer__in=Customer.objects.visible_to(user, FollowUpPermission.PUSH)
    )
    return rows.select_related("customer__node", "message__outbox", "push").order_by("id")


register(away(FOLLOWUPS, code=DUE, nodes=("customer__node_id",), customers=lambda one: (one.customer_id,)))
register(
    Listed(
        code="followup.push", title=_("推送"), page="followup:pushes", view=(FollowUpPermission.PUSH_VIEW,), rows=pushed,
        nodes=("customer__node_id",), customers=lambda one: (one.customer_id,),
        columns=(
            (_("名称"), lambda one: one.push.title), (_("客户"), lambda one: one.customer.name), (_("分中心"), lambda one: one.customer.node.label),
            (_("方式"), lambda one: one.message.get_channel_display() if one.message else ""),
            (_("状态"), lambda one: State(one.message.outbox.state).label if one.message and one.message.outbox else ""),
            (_("没有发出的原因"), lambda one: one.message.get_withheld_display() if one.message else ""),
        ),
    )
)  # fmt: skip
