"""What customers said, what waits for an answer and whom to ask, taken away as spreadsheets: answers to single questions stay."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.surveys.narrowing import candidates_listed
from kefu.surveys.permissions import SurveyPermission
from kefu.surveys.queries import opinions_listed, responses_listed

RESPONSES = register(
    Listed(
        code="surveys.responses", title=_("最近的回答"), page="surveys:overview", view=(SurveyPermission.VIEW,), rows=responses_listed,
        nodes=("customer__node_id",), customers=lambda one: (one.customer_id,),
        columns=(
            (_("客户"), lambda one: one.customer.name), (_("分中心"), lambda one: one.customer.node.label), (_("问卷"), lambda one: one.survey.label),
            (_("方式"), lambda one: one.get_channel_display()), (_("满意率"), lambda one: one.rate), (_("结果"), lambda one: one.get_outcome_display()),
            (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
OPINIONS = register(
    Listed(
        code="surveys.opinions", title=_("等您答复的意见"), page="surveys:overview", view=(SurveyPermission.VIEW,), rows=opinions_listed,
        nodes=("response__customer__node_id",), customers=lambda one: (one.response.customer_id,),
        columns=(
            (_("意见"), lambda one: one.text), (_("问题"), lambda one: one.asked), (_("客户"), lambda one: one.response.customer.name),
            (_("分中心"), lambda one: one.response.customer.node.label), (_("问卷"), lambda one: one.response.survey.label),
            (_("答复期限"), lambda one: one.due_at),
        ),
    )
)  # fmt: skip
CANDIDATES = register(
    Listed(
        code="surveys.candidates", title=_("选人调查"), page="surveys:candidates", view=(SurveyPermission.RUN,), rows=candidates_listed,
        nodes=("node_id",), customers=lambda one: (one.pk,),
        columns=(
            (_("客户"), lambda one: one.name), (_("中心"), lambda one: one.node.label), (_("医生"), lambda one: one.doctor.name if one.doctor else ""),
            (_("健康管理师"), lambda one: one.health_manager.name if one.health_manager else ""), (_("上次调查"), lambda one: one.last_asked),
        ),
    )
)  # fmt: skip
