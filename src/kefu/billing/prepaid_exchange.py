"""The prepaid packages and the sheets of their weeks, taken away as spreadsheets."""

from django.utils.translation import gettext_lazy as _

from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.prepaid import prepaid_listed
from kefu.billing.queries.weeks import weeks_listed
from kefu.foundation.exchange.lists import Listed, register

PACKAGES = register(
    Listed(
        code="billing.prepaid", title=_("课包"), page="billing:prepaids", view=(BillingPermission.PREPAID_VIEW,),
        rows=lambda user, asked, at: prepaid_listed(user, asked, at).order_by("-id"), nodes=("customer__node_id",),
        customers=lambda one: (one.customer_id,),
        columns=(
            (_("课包号"), lambda one: one.number), (_("客户"), lambda one: one.customer.name), (_("服务项目"), lambda one: one.item),
            (_("单位"), lambda one: one.get_unit_display()), (_("总数"), lambda one: one.units), (_("剩余"), lambda one: one.balance),
            (_("有效到"), lambda one: one.valid_until), (_("总价"), lambda one: one.charge.amount if one.charge else None),
            (_("收费单号"), lambda one: one.charge.number if one.charge else ""), (_("经办"), lambda one: one.by.name),
            (_("购买时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
WEEKS = register(
    Listed(
        code="billing.prepaid_weeks", title=_("对课"), page="billing:weeks", view=(BillingPermission.PREPAID_VIEW,),
        rows=lambda user, asked, at: weeks_listed(user, asked, at).order_by("-id"), nodes=("node_id",),
        customers=lambda one: tuple(line.prepaid.customer_id for line in one.lines.all()),
        columns=(
            (_("对课单号"), lambda one: one.number), (_("分中心"), lambda one: one.node.label), (_("周一"), lambda one: one.monday),
            (_("课包"), lambda one: "、".join(f"{line.prepaid.number} {line.prepaid.customer.name}" for line in one.lines.all())),
            (_("已划"), lambda one: sum(line.booked for line in one.lines.all())),
            (_("核对数量"), lambda one: sum(line.confirmed for line in one.lines.all())),
            (_("差异说明"), lambda one: "；".join(line.note for line in one.lines.all() if line.note)), (_("对课人"), lambda one: one.by.name),
            (_("对课时间"), lambda one: one.at), (_("确认人"), lambda one: one.confirmed_by.name if one.confirmed_by else ""),
            (_("确认时间"), lambda one: one.confirmed_at), (_("作废原因"), lambda one: one.dropped_why),
        ),
    )
)  # fmt: skip
