"""The payments of a business day, taken away as a spreadsheet."""

from django.utils.translation import gettext_lazy as _

from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import payments_listed
from kefu.foundation.exchange.lists import Listed, register

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
