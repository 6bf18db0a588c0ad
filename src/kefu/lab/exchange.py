"""The lists of the laboratory, taken away as spreadsheets: nothing of what was found."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.foundation.sentences.saying import speak
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.inbox import inbox_listed
from kefu.lab.queries.orders import orders_listed
from kefu.lab.queries.papers import papers_listed
from kefu.lab.queries.samples import samples_listed
from kefu.lab.wording import explain

ORDERS = register(
    Listed(
        code="lab.orders", title=_("检测单"), page="lab:orders", view=(LabPermission.ORDER_VIEW,), rows=orders_listed, nodes=("customer__node_id",),
        customers=lambda one: (one.customer_id,),
        columns=(
            (_("检测单号"), lambda one: one.number), (_("客户"), lambda one: one.customer.name), (_("分中心"), lambda one: one.node.label),
            (_("状态"), lambda one: one.get_status_display()), (_("合计"), lambda one: one.total), (_("出报告"), lambda one: one.due),
            (_("医生"), lambda one: one.doctor.name), (_("开单"), lambda one: one.placed_at),
        ),
    )
)  # fmt: skip
SAMPLES = register(
    Listed(
        code="lab.samples", title=_("样本"), page="lab:samples", view=(LabPermission.SAMPLE_VIEW,), rows=samples_listed,
        nodes=("order__customer__node_id",), customers=lambda one: (one.order.customer_id,),
        columns=(
            (_("样本号"), lambda one: one.barcode), (_("客户"), lambda one: one.order.customer.name), (_("分中心"), lambda one: one.order.node.label),
            (_("样本"), lambda one: one.order_item.item.sample_kind.label), (_("检测项目"), lambda one: one.order_item.item.label),
            (_("检测单"), lambda one: one.order.number), (_("状态"), lambda one: one.get_state_display()), (_("应收到"), lambda one: one.due_on),
            (_("核对"), lambda one: one.checked_at),
            (_("健康管理师"), lambda one: one.order.customer.health_manager.name if one.order.customer.health_manager else ""),
        ),
    )
)  # fmt: skip
MESSAGES = register(
    Listed(
        code="lab.messages", title=_("检验消息"), page="lab:messages", view=(LabPermission.MESSAGE_HANDLE,), rows=inbox_listed, nodes=("node_id",),
        columns=(
            (_("收到"), lambda one: one.received_at), (_("发送系统"), lambda one: one.application), (_("发送机构"), lambda one: one.facility),
            (_("消息号"), lambda one: one.control_id), (_("状态"), lambda one: one.get_state_display()), (_("应答"), lambda one: one.acknowledged),
            (_("说明"), lambda one: explain(one.reason, one.details)), (_("处理说明"), lambda one: speak(one.handled_reason)),
        ),
    )
)  # fmt: skip
PAPERS = register(
    Listed(
        code="lab.papers", title=_("纸质报告"), page="lab:papers", view=(LabPermission.PAPER_MAKE,), rows=papers_listed,
        nodes=("order__customer__node_id",), customers=lambda one: (one.order.customer_id,),
        columns=(
            (_("检测单"), lambda one: one.order.number), (_("客户"), lambda one: one.order.customer.name), (_("分中心"), lambda one: one.order.node.label),
            (_("医生"), lambda one: one.order.doctor.name), (_("状态"), lambda one: one.get_status_display()),
            (_("总检录入"), lambda one: one.order.overall_at), (_("制作"), lambda one: one.order.paper_at),
            (_("发放"), lambda one: one.order.handed_over_at),
        ),
    )
)  # fmt: skip
