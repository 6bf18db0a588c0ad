"""Closed lists of purchases."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PurchaseState(TextChoices):
    """How far a purchase is (Annex 5.4)."""

    PRESCRIBED = "prescribed", _("已开建议")
    ENTERED = "entered", _("已录数量")
    SIGNED = "signed", _("已签字")
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
    PurchaseState.DISPATCHED: ("done", "truck-delivery"),
    PurchaseState.RETURNED: ("late", "arrow-back-up"),
    PurchaseState.CANCELLED: ("quiet", "x"),
}


class DeliveryMode(TextChoices):
    """How the customer gets the goods."""

    HANDED = "handed", _("当面交付")
    POSTED = "posted", _("邮寄")
