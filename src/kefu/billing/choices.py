"""Closed lists of billing."""

from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ChargeState(TextChoices):
    """Whether a charge still counts."""

    DUE = "due", _("应收")
    CANCELLED = "cancelled", _("已冲销")


class Method(TextChoices):
    """How money came in. Whatever is not cash was settled elsewhere and is recorded by its reference."""

    CASH = "cash", _("现金")
    CARD = "card", _("银行卡")
    WECHAT = "wechat", _("微信支付")
    ALIPAY = "alipay", _("支付宝")


class PaymentState(TextChoices):
    """Whether a payment counts."""

    TAKEN = "taken", _("已收")
    VOIDED = "voided", _("已作废")


class RefundState(TextChoices):
    """Where a refund stands: as the request for it, until the money went back."""

    OPEN = "open", _("等批准")
    APPROVED = "approved", _("待付款")
    DECLINED = "declined", _("不批准")
    WITHDRAWN = "withdrawn", _("已撤回")
    PAID = "paid", _("已退款")
    DROPPED = "dropped", _("已放弃")


class Unit(TextChoices):
    """What a prepaid package is counted in."""

    LESSON = "lesson", _("课时")
    TIME = "time", _("次")


class EntryKind(TextChoices):
    """Why units of a prepaid package came or went."""

    BOUGHT = "bought", _("买课")
    DEDUCTED = "deducted", _("划课")
    COUNTERED = "countered", _("更正")
    REFUNDED = "refunded", _("退课")
    RETURNED = "returned", _("退课收回")
    SENT = "sent", _("转出")
    RECEIVED = "received", _("转入")
    EXPIRED = "expired", _("过期")


class Witness(TextChoices):
    """Who confirmed how many units were used in a week."""

    CUSTOMER = "customer", _("客户确认")
    COLLEAGUE = "colleague", _("服务人员确认")


NOTES = tuple(Decimal(value) for value in ("100", "50", "20", "10", "5", "1", "0.5", "0.1"))
"""What cash comes in, in yuan."""
