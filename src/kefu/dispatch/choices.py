"""Closed lists of the dispatch registers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kefu.sales.choices import PurchaseState

SIGNED = (PurchaseState.SIGNED, PurchaseState.PARTLY, PurchaseState.DISPATCHED)
"""The states of an order that is sent, or may still be."""


class RunKind(TextChoices):
    """What a run leaves by; of a coach the customers are told where to meet it."""

    VEHICLE = "vehicle", _("自己的车")
    COACH = "coach", _("大巴")
    CARRIER = "carrier", _("货运公司")


class RunState(TextChoices):
    """Where a run is."""

    PLANNED = "planned", _("待发车")
    DEPARTED = "departed", _("已发车")
    CANCELLED = "cancelled", _("发车取消")


RUN_TONES = {
    RunState.PLANNED: ("soon", "hourglass"),
    RunState.DEPARTED: ("done", "truck-delivery"),
    RunState.CANCELLED: ("quiet", "x"),
}


class BackState(TextChoices):
    """Where goods are that a carrier brings back."""

    WAITING = "waiting", _("待取货")
    COLLECTED = "collected", _("已取货，待入库")
    RECEIVED = "received", _("已入库")
    CLOSED = "closed", _("不入库了")


BACK_TONES = {
    BackState.WAITING: ("soon", "hourglass"),
    BackState.COLLECTED: ("now", "box"),
    BackState.RECEIVED: ("done", "check"),
    BackState.CLOSED: ("quiet", "x"),
}
BACK_OPEN = (BackState.WAITING, BackState.COLLECTED)


class WishState(TextChoices):
    """Whose turn it is with a customer's shipping wish."""

    OPEN = "open", _("待发货部回复")
    ANSWERED = "answered", _("已回复，待告诉客户")
    TOLD = "told", _("已告诉客户")


WISH_TONES = {
    WishState.OPEN: ("soon", "hourglass"),
    WishState.ANSWERED: ("now", "message-2"),
    WishState.TOLD: ("done", "check"),
}


class Side(TextChoices):
    """Who says it."""

    CUSTOMER = "customer", _("客户")
    DEPARTMENT = "department", _("发货部")


class SheetState(TextChoices):
    """Where the check of a day's slips is."""

    OPEN = "open", _("核对中")
    POSTED = "posted", _("已复核入账")


SHEET_TONES = {SheetState.OPEN: ("soon", "hourglass"), SheetState.POSTED: ("done", "check")}


class SlipResult(TextChoices):
    """What the check of a slip found."""

    SAME = "same", _("相符")
    DIFFERS = "differs", _("有差异")
