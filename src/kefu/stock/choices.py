"""Closed lists of the warehouse."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Quality(TextChoices):
    """The state of goods; only good ones may leave to a customer (STK-009)."""

    GOOD = "good", _("完好")
    DAMAGED = "damaged", _("破损")
    BLOCKED = "blocked", _("冻结")


class ZonePurpose(TextChoices):
    """What a part of a warehouse is for: goods leave only from the shelves."""

    SHELF = "shelf", _("货架")
    QUARANTINE = "quarantine", _("隔离")
    TRANSIT = "transit", _("在途")
    LENT = "lent", _("借出")


NOT_THERE = (ZonePurpose.TRANSIT, ZonePurpose.LENT)
"""Zones of goods that belong to a warehouse and do not lie in it."""


class ReservationState(TextChoices):
    """What became of goods set aside."""

    OPEN = "open", _("已留")
    ISSUED = "issued", _("已出库")
    RELEASED = "released", _("已放回")


class MoveKind(TextChoices):
    """Why a quantity changed."""

    RECEIPT = "receipt", _("入库")
    ISSUE = "issue", _("出库")
    RETURN = "return", _("退回")
    ADJUSTMENT = "adjustment", _("调整")
    RELOCATION = "relocation", _("移库")
    QUALITY = "quality", _("质量变更")
    EXCHANGE = "exchange", _("换货")
    TRANSFER = "transfer", _("调拨")
    COUNT = "count", _("盘点")
    DESTRUCTION = "destruction", _("销毁")
    LENDING = "lending", _("借还")
    MAKER_RETURN = "maker_return", _("退厂")


class Band(TextChoices):
    """How near a lot is to its expiry (STK-014); the days of the middle two are limits."""

    EXPIRED = "expired", _("已过期")
    URGENT = "urgent", _("快到期")
    SOON = "soon", _("将到期")
    LATER = "later", _("效期充足")
    UNDATED = "undated", _("无有效期")


class BreachMatter(TextChoices):
    """What was outside its bounds in a zone (STK-008)."""

    TEMPERATURE = "temperature", _("温度超出")
    HUMIDITY = "humidity", _("湿度超出")
    SILENCE = "silence", _("记录仪没有数据")


class BreachCause(TextChoices):
    """Why a breach is over."""

    RESTORED = "restored", _("已恢复正常")
    MOVED = "moved", _("货已移走")
    SENSOR_LOST = "sensor_lost", _("探头丢失或损坏")
    MISTAKE = "mistake", _("记录有误")


class HeldDecision(TextChoices):
    """What becomes of goods that were in a breach."""

    RELEASED = "released", _("解冻放行")
    DESTROY = "destroy", _("待销毁")


class StocktakeState(TextChoices):
    """Where a stocktake is."""

    COUNTING = "counting", _("盘点中")
    POSTED = "posted", _("已入账")
    DROPPED = "dropped", _("已作废")


class DestructionCause(TextChoices):
    """Why goods are to be destroyed (Annex 5.6)."""

    RECALLED = "recalled", _("召回")
    EXPIRED = "expired", _("过期")
    STOCKTAKE = "stocktake", _("盘点发现")
    DAMAGED = "damaged", _("破损")
    CLIMATE = "climate", _("温湿度超限")


class DestructionState(TextChoices):
    """What was done with a request to destroy, and by that where it is (Annex 5.6)."""

    REQUESTED = "requested", _("已申请，待核对数量")
    VERIFIED = "verified", _("已核对，待领导审批")
    APPROVED = "approved", _("已批准，待销毁")
    REJECTED = "rejected", _("未批准，已放回库存")
    TO_MAKER = "to_maker", _("未批准，待退厂")
    DESTROYED = "destroyed", _("已销毁，待核销")
    CLOSED = "closed", _("已核销归档")
    SENT_BACK = "sent_back", _("已退厂核销")
    WITHDRAWN = "withdrawn", _("已撤回")


DESTRUCTION_DECIDING = (
    DestructionState.REQUESTED,
    DestructionState.VERIFIED,
    DestructionState.APPROVED,
    DestructionState.REJECTED,
    DestructionState.TO_MAKER,
)
"""Steps of one request that are each another person's."""
DESTRUCTION_TONES = {
    DestructionState.REQUESTED: ("soon", "hourglass"),
    DestructionState.VERIFIED: ("soon", "hourglass"),
    DestructionState.APPROVED: ("now", "list-check"),
    DestructionState.REJECTED: ("quiet", "x"),
    DestructionState.TO_MAKER: ("now", "truck-delivery"),
    DestructionState.DESTROYED: ("now", "clipboard-list"),
    DestructionState.CLOSED: ("done", "check"),
    DestructionState.SENT_BACK: ("done", "check"),
    DestructionState.WITHDRAWN: ("quiet", "x"),
}


class DestructionMethod(TextChoices):
    """How goods are destroyed."""

    BURNED = "burned", _("焚烧")
    CRUSHED = "crushed", _("毁形粉碎")
    CONTRACTOR = "contractor", _("交有资质的单位处理")
    OTHER = "other", _("其他（写在备注里）")
