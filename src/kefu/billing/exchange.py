"""The payments of a business day, the refunds that wait or were paid out and the day closes, taken away as spreadsheets."""

from django.utils.translation import gettext_lazy as _

from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import closes_listed, payments_listed, refunds_listed
from kefu.foundation.exchange.lists import Listed, register
from kefu.kernel.money import total

PAYMENTS = register(
    Listed(
        code="billing.payments", title=_("收款"), page="billing:payments", view=(BillingPermission.PAYMENT_VIEW,),
        rows=lambda user, asked, at: payments_listed(user, asked, at).order_by("-id"), nodes=("customer__node_id", "desk__node_id"),
        customers=lambda one: (one.customer_id,),
        columns=(
            (_("收据号"), lambda one: one.number), (_("营业日"), lambda one: one.day), (_("收银台"), lambda one: one.desk.label),
            (_("客户"), lambda one: one.customer.name), (_("收款方式"), lambda one: one.get_method_display()), (_("金额"), lambda one: one.amount),
            (_("凭证号"), lambda one: one.reference), (_("状态"), lambda one: one.get_state_display()), (_("收款人"), lambda one: one.by.name),
            (_("收款时间"), lambda one: one.at), (_("作废原因"), lambda one: one.reason),
        ),
    )
)  # fmt: skip
REFUNDS = register(
    Listed(
        code="billing.refunds", title=_("退款"), page="billing:refunds", view=(BillingPermission.PAYMENT_VIEW,),
        rows=lambda user, asked, at: refunds_listed(user, asked, at).order_by("-id"), nodes=("payment__customer__node_id", "payment__desk__node_id"),
        customers=lambda one: (one.payment.customer_id,),
        columns=(
            (_("退款单号"), lambda one: one.number or ""), (_("收据号"), lambda one: one.payment.number), (_("客户"), lambda one: one.payment.customer.name),
            (_("金额"), lambda one: one.amount), (_("退款原因"), lambda one: one.reason), (_("状态"), lambda one: one.state.label),
            (_("申请人"), lambda one: one.asked_by.name), (_("申请时间"), lambda one: one.asked_at), (_("营业日"), lambda one: one.day),
            (_("收银台"), lambda one: one.desk.label if one.desk else ""), (_("退款方式"), lambda one: one.get_method_display()),
            (_("凭证号"), lambda one: one.reference), (_("付款人"), lambda one: one.paid_by.name if one.paid_by else ""),
            (_("付款时间"), lambda one: one.paid_at),
        ),
    )
)  # fmt: skip
CLOSES = register(
    Listed(
        code="billing.day_closes", title=_("日结"), page="billing:closes", view=(BillingPermission.DAY_VIEW,),
        rows=lambda user, asked, at: closes_listed(user, asked, at).order_by("-id"), nodes=("desk__node_id",),
        columns=(
            (_("日结单号"), lambda one: one.number), (_("营业日"), lambda one: one.day), (_("收银台"), lambda one: one.desk.label),
            (_("账面"), lambda one: total(line.expected for line in one.lines.all())),
            (_("实点"), lambda one: total(line.counted for line in one.lines.all())), (_("差额"), lambda one: one.difference),
            (_("差额原因"), lambda one: one.reason), (_("留下的备用金"), lambda one: one.left), (_("日结人"), lambda one: one.by.name),
            (_("日结时间"), lambda one: one.at), (_("接班人"), lambda one: one.confirmed_by.name if one.confirmed_by else ""),
            (_("接班时间"), lambda one: one.confirmed_at), (_("重开原因"), lambda one: one.reopened_why),
        ),
    )
)  # fmt: skip
