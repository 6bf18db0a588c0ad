"""What charges, payments, refunds and prepaid packages say on the timeline and in requests."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

CANCELLED = sentence("billing.charge.cancelled", _("冲销：%(item)s"))
PAID = sentence("billing.payment.taken", _("收款 %(amount)s，收据 %(number)s"))
VOIDED = sentence("billing.payment.voided", _("收款作废 %(amount)s，收据 %(number)s"))
REFUNDED = sentence("billing.refund.paid", _("退款 %(amount)s，退款单 %(number)s"))
REFUND_DROPPED = sentence("billing.refund.dropped", _("放弃退款 %(amount)s，收据 %(number)s"))
REFUND = sentence("billing.refund", _("退款申请"))
PREPAID = sentence("billing.prepaid", _("课包 %(number)s：%(item)s，共 %(units)s"))
PREPAID_UNITS_BACK = sentence("billing.prepaid.units_back", _("退课 %(units)s，课包 %(number)s：%(item)s"))
DEDUCTED = sentence("billing.prepaid.deducted", _("划课 %(units)s，课包 %(number)s：%(item)s"))
COUNTERED = sentence("billing.prepaid.countered", _("划课更正 %(units)s，课包 %(number)s：%(item)s"))
RETURNED = sentence("billing.prepaid.returned", _("退课收回 %(units)s，课包 %(number)s：%(item)s"))
SENT = sentence("billing.prepaid.sent", _("转课转出 %(units)s，课包 %(number)s：%(item)s"))
RECEIVED = sentence("billing.prepaid.received", _("转课转入 %(units)s，课包 %(number)s：%(item)s"))
EXPIRED = sentence("billing.prepaid.expired", _("课包过期 %(units)s，课包 %(number)s：%(item)s"))
FROZEN = sentence("billing.prepaid.frozen", _("冻课 %(starts)s 到 %(until)s，课包 %(number)s：%(item)s"))
THAWED = sentence("billing.prepaid.thawed", _("提前解冻，课包 %(number)s：%(item)s，有效到 %(until)s"))
LENGTHENED = sentence("billing.prepaid.lengthened", _("有效期顺延，课包 %(number)s：%(item)s，有效到 %(until)s"))
LOW = sentence("billing.prepaid.low", _("课包 %(number)s（%(item)s）只剩 %(units)s，请联系客户续费"))
