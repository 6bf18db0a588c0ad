"""The list of interviews, taken away as a spreadsheet: nothing of what was said."""

from django.utils.translation import gettext_lazy as _

from kefu.consultations.permissions import ConsultationPermission
from kefu.consultations.queries import consultations_listed
from kefu.foundation.exchange.lists import Listed, register

CONSULTATIONS = register(
    Listed(
        code="consultations.consultations", title=_("问诊"), page="consultations:consultations", view=(ConsultationPermission.VIEW,),
        rows=consultations_listed, nodes=("customer__node_id",), customers=lambda one: (one.customer_id,),
        columns=(
            (_("客户"), lambda one: one.customer.name), (_("分中心"), lambda one: one.customer.node.label), (_("医生"), lambda one: one.doctor.name),
            (_("状态"), lambda one: one.get_state_display()), (_("更正"), lambda one: one.corrects_id is not None),
            (_("时间"), lambda one: one.saved_at or one.started_at),
        ),
    )
)  # fmt: skip
