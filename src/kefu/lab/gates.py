"""The steps at which modules above may refuse, each with the page on which it is done for a customer."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.gates.registry import declare

PLACE = "lab.order.place"
SIGN = "lab.order.sign"
KIT = "lab.kit.issue"
CHECK = "lab.sample.check"
FILE = "lab.report.file"
APPROVE = "lab.report.approve"
OVERALL = "lab.report.overall"
PAPER = "lab.report.paper"
HANDOVER = "lab.report.handover"
INTERPRET = "lab.report.interpret"


def _page(name: str) -> Callable[[int], str]:
    return lambda customer_id: reverse(name, args=[customer_id])


declare(PLACE, _("开检测单"), url=_page("lab:order_new"))
declare(SIGN, _("登记客户签字"), url=_page("lab:order_next"))
declare(KIT, _("发放检测盒"), url=_page("lab:order_next"))
declare(CHECK, _("收样核对"), url=_page("lab:check_in_next"))
declare(FILE, _("检验报告送达"), url=_page("lab:reports_next"))
declare(APPROVE, _("审核报告"), url=_page("lab:reports_next"))
declare(OVERALL, _("录入总检报告"), url=_page("lab:reports_next"))
declare(PAPER, _("制作纸质报告"), url=_page("lab:reports_next"))
declare(HANDOVER, _("发放纸质报告"), url=_page("lab:reports_next"))
declare(INTERPRET, _("解读报告"), url=_page("lab:reports_next"))
