"""What tests, samples and reports say on the timeline, on charges and on the bell, and as reasons of the program itself."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

ORDERED = sentence("lab.order.placed", _("检测单 %(number)s"))
LINE = sentence("lab.order.line", "%(item)s %(price)s")
LINE_TIMES = sentence("lab.order.line_times", "%(item)s %(price)s ×%(count)s")
CHANGED = sentence("lab.order.changed", _("检测单 %(number)s 改单"))
CANCELLED = sentence("lab.order.cancelled", _("检测单 %(number)s 作废"))
SIGNED = sentence("lab.order.signed", _("检测单 %(number)s 已签字"))

KIT_ISSUED = sentence("lab.kit.issued", _("发放检测盒 %(number)s"))
KIT_BACK = sentence("lab.kit.taken_back", _("收回检测盒 %(number)s"))
BOX = sentence("lab.kit.box", "%(kit)s %(barcode)s")

SAMPLES = sentence("lab.sample.checked", _("样本核对 %(number)s"))
SAMPLE_FIT = sentence("lab.sample.fit", _("%(barcode)s 合格"))
SAMPLE_UNFIT = sentence("lab.sample.unfit", _("%(barcode)s 不合格：%(why)s"))
SAMPLE_UNDONE = sentence("lab.sample.check_undone", _("撤销样本核对 %(barcode)s"))

ARRIVED = sentence("lab.report.arrived", _("收到检验报告，检测单 %(number)s"))
APPROVED = sentence("lab.report.approved", _("检验报告审核通过，检测单 %(number)s"))
RETURNED = sentence("lab.report.returned", _("检验报告退回检验室，检测单 %(number)s"))
APPROVAL_WITHDRAWN = sentence("lab.report.withdrawn", _("撤回报告审核，检测单 %(number)s"))
OVERALL_WRITTEN = sentence("lab.overall.written", _("录入总检报告，检测单 %(number)s"))
OVERALL_AMENDED = sentence("lab.overall.amended", _("修改总检报告，检测单 %(number)s"))
PAPER_MADE = sentence("lab.paper.made", _("制作纸质报告，检测单 %(number)s"))
PAPER_REMADE = sentence("lab.paper.remade", _("重新制作纸质报告，检测单 %(number)s"))
HANDED_OVER = sentence("lab.paper.handed_over", _("纸质报告发放（%(mode)s），检测单 %(number)s"))
COLLECTED_BY = sentence("lab.paper.collected_by", _("由%(name)s领取"))
RECEIVED = sentence("lab.paper.received", _("客户 %(day)s 收到"))
NOT_RECEIVED = sentence("lab.paper.not_received", _("等客户收到"))
INTERPRETED = sentence("lab.report.interpreted", _("%(mode)s，检测单 %(number)s"))

TO_SIGN = sentence("lab.bell.to_sign", _("检测单 %(number)s 已开，请打印检测单请客户签字。"))
RESAMPLE = sentence("lab.bell.resample", _("检测单 %(number)s 有样本不合格，请联系客户重新采样。"))
REOPENED = sentence("lab.bell.reopened", _("检测单 %(number)s 的报告正在重新审核，请先不要使用原报告。"))

CORRECTED_BY_LABORATORY = sentence("lab.reason.corrected", _("检验室更正了结果"))
FILED_AFTER_CHECK = sentence("lab.reason.filed_after_check", _("样本核对后自动归档"))

OPEN_ORDERS = sentence("lab.moving.waiting", _("没发盒的检测单"))
OPEN_ORDERS_NOTE = sentence("lab.moving.waiting_note", _("跟客户走，由新机构发检测盒"))
ORDERS_UNDER_WAY = sentence("lab.moving.under_way", _("已发盒、没解读的检测单"))
ORDERS_UNDER_WAY_NOTE = sentence("lab.moving.under_way_note", _("检测盒和取报告地点仍按原机构，由新机构接着办"))
