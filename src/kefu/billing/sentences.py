"""What charges, payments and refunds say on the timeline and in requests."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

CANCELLED = sentence("billing.charge.cancelled", _("冲销：%(item)s"))
PAID = sentence("billing.payment.taken", _("收款 %(amount)s，收据 %(number)s"))
VOIDED = sentence("billing.payment.voided", _("收款作废 %(amount)s，收据 %(number)s"))
REFUNDED = sentence("billing.refund.paid", _("退款 %(amount)s，退款单 %(number)s"))
REFUND_DROPPED = sentence("billing.refund.dropped", _("放弃退款 %(amount)s，收据 %(number)s"))
REFUND = sentence("billing.refund", _("退款申请"))
