"""The steps of a purchase at which modules above may refuse."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.gates.registry import declare

PRESCRIBE = "sales.purchase.prescribe"
ENTER = "sales.purchase.enter"
SIGN = "sales.purchase.sign"
DISPATCH = "sales.purchase.dispatch"
EXCHANGE = "sales.purchase.exchange"


def _next(customer_id: int) -> str:
    return reverse("sales:next", args=[customer_id])


declare(PRESCRIBE, _("开具产品建议"), url=_next)
declare(ENTER, _("录入购买"), url=_next)
declare(SIGN, _("购买签字"), url=_next)
declare(DISPATCH, _("产品发货"), url=_next)
declare(EXCHANGE, _("换购"), url=_next)
