"""Closed lists of purchasing."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    """Where a purchase request is."""

    ASKED = "asked", _("待审批")
    APPROVED = "approved", _("已批准")
    DECLINED = "declined", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


class Verdict(TextChoices):
    """What one of the leadership says; one no stops the request."""

    APPROVED = "approved", _("批准")
    DECLINED = "declined", _("不批准")


class OrderState(TextChoices):
    """Where a purchase order is."""

    TO_SEND = "to_send", _("待发出")
    SENT = "sent", _("已发厂家")
    CONFIRMED = "confirmed", _("厂家已确认")
    SHIPPED = "shipped", _("运输中")
    ARRIVED = "arrived", _("已到货")
    COMPLETE = "complete", _("已入库")
    CLOSED = "closed", _("已关闭")


OPEN_ORDERS = (
    OrderState.TO_SEND,
    OrderState.SENT,
    OrderState.CONFIRMED,
    OrderState.SHIPPED,
    OrderState.ARRIVED,
)
"""Goods may still come of these."""


class FactKind(TextChoices):
    """What became known of an order on its way."""

    TRANSMITTED = "transmitted", _("已发给厂家")
    RECEIVED = "received", _("厂家已收到")
    CONFIRMED = "confirmed", _("厂家确认")
    DELAYED = "delayed", _("改期")
    SHIPPED = "shipped", _("厂家已发货")
    UNDERWAY = "underway", _("运输动态")
    ARRIVED = "arrived", _("到货")


class Side(TextChoices):
    """Who of the two counts: the keeper of the warehouse, or the product department."""

    KEEPER = "keeper", _("库管")
    PRODUCT = "product", _("产品部")


class DeliveryState(TextChoices):
    """Where a delivery is."""

    COUNTING = "counting", _("验收中")
    BOOKED = "booked", _("已入库")
    DROPPED = "dropped", _("已作废")
