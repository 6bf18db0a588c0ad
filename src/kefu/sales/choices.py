"""Closed lists of purchases."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PurchaseState(TextChoices):
    """How far a purchase is (Annex 5.4)."""

    PRESCRIBED = "prescribed", _("已开建议")
    ENTERED = "entered", _("已录数量")
    SIGNED = "signed", _("已签字")
    PARTLY = "partly", _("部分发货")
    DISPATCHED = "dispatched", _("产品已发货")
    RETURNED = "returned", _("已退回")
    CANCELLED = "cancelled", _("已取消")


class PreferenceKind(TextChoices):
    """What somebody likes something in (CUS-032)."""

    SIZE = "size", _("尺码、规格")
    COLOUR = "colour", _("颜色")
    DIMENSION = "dimension", _("尺寸")
    TASTE = "taste", _("口味、剂型")
    OTHER = "other", _("其他")


TONES = {
    PurchaseState.PRESCRIBED: ("soon", "pencil"),
    PurchaseState.ENTERED: ("move", "list-check"),
    PurchaseState.SIGNED: ("move", "writing"),
    PurchaseState.PARTLY: ("soon", "truck-delivery"),
    PurchaseState.DISPATCHED: ("done", "truck-delivery"),
    PurchaseState.RETURNED: ("late", "arrow-back-up"),
    PurchaseState.CANCELLED: ("quiet", "x"),
}


class DeliveryMode(TextChoices):
    """How the customer gets the goods."""

    HANDED = "handed", _("当面交付")
    POSTED = "posted", _("邮寄")


class Packing(TextChoices):
    """What is looked at when a parcel is closed (STK-005, STK-007)."""

    CHECKED = "checked", _("品名、规格、数量、效期与出库单一致")
    WRAPPED = "wrapped", _("易碎品缠塑料膜后装纸箱")
    FILLED = "filled", _("箱内空隙填满，轻摇无声")
    COLD = "cold", _("冷藏品加冰袋和保温袋，写明装箱时间")
    PAPERS = "papers", _("放入出库单和清单各一份")
    SEALED = "sealed", _("封箱，贴“易碎”“向上”标签")
