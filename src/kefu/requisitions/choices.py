"""Closed lists of requisitions and lendings."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a requisition is (Annex 5.5)."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已签字，待财务核对")
    CHECKED = "checked", _("已核对，待产品部审批")
    APPROVED = "approved", _("已批准，待拣货")
    ISSUED = "issued", _("已发出，在途")
    DIFFERENCE = "difference", _("有差异，待处理")
    RECEIVED = "received", _("已收齐")
    REJECTED = "rejected", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN = (State.DRAFT, State.SUBMITTED, State.CHECKED, State.APPROVED, State.ISSUED, State.DIFFERENCE)
ORDERED = (State.SUBMITTED, State.CHECKED, State.APPROVED)
"""Asked for and not on the way yet."""
UNDER_WAY = (State.ISSUED, State.DIFFERENCE)
TONES = {
    State.DRAFT: ("quiet", "pencil"),
    State.SUBMITTED: ("soon", "hourglass"),
    State.CHECKED: ("soon", "hourglass"),
    State.APPROVED: ("now", "list-check"),
    State.ISSUED: ("now", "truck-delivery"),
    State.DIFFERENCE: ("late", "alert-triangle"),
    State.RECEIVED: ("done", "check"),
    State.REJECTED: ("quiet", "x"),
    State.WITHDRAWN: ("quiet", "x"),
}


class StepKind(TextChoices):
    """What somebody did with a requisition."""

    DRAFTED = "drafted", _("填单")
    CHANGED = "changed", _("改单")
    SIGNED = "signed", _("主任签字")
    CHECKED = "checked", _("财务核对")
    APPROVED = "approved", _("产品部批准")
    REJECTED = "rejected", _("不批准")
    WITHDRAWN = "withdrawn", _("撤回")
    ISSUED = "issued", _("发出")
    COUNTED = "counted", _("到货点数")
    SETTLED = "settled", _("差异处理完")


DECIDING = (StepKind.SIGNED, StepKind.CHECKED, StepKind.APPROVED, StepKind.REJECTED)
"""What nobody does with his own, nor twice with the same requisition."""


class PackingPoint(TextChoices):
    """What is looked at before fragile goods leave (STK-007)."""

    WRAP = "wrap", _("气泡膜裹好")
    CARTON = "carton", _("装进纸箱")
    FULL = "full", _("箱内没有空隙")


class PickFault(TextChoices):
    """Why packs that were set aside are not taken from their place."""

    MISSING = "missing", _("货位上没有")
    DAMAGED = "damaged", _("破损")
    UNFIT = "unfit", _("过期或临期")


class Outcome(TextChoices):
    """What became of packs that were short on arrival."""

    FOUND = "found", _("后来找到")
    BACK = "back", _("退回发货库房")
    LOST = "lost", _("丢失核销")


class Side(TextChoices):
    """Who must agree before lost goods are written off."""

    SENDER = "sender", _("发货库管")
    TAKER = "taker", _("收货库管")
    FINANCE = "finance", _("财务")


class LendingState(TextChoices):
    """Where a lending is (STK-018 for goods of any kind)."""

    ASKED = "asked", _("待同意")
    AGREED = "agreed", _("已同意，待领")
    OUT = "out", _("已借出")
    RETURNED = "returned", _("已还清")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


LENDING_TONES = {
    LendingState.ASKED: ("soon", "hourglass"),
    LendingState.AGREED: ("now", "list-check"),
    LendingState.OUT: ("now", "box"),
    LendingState.RETURNED: ("done", "check"),
    LendingState.REFUSED: ("quiet", "x"),
    LendingState.WITHDRAWN: ("quiet", "x"),
}


class Condition(TextChoices):
    """How lent goods come back."""

    GOOD = "good", _("完好")
    DAMAGED = "damaged", _("破损")
    LOST = "lost", _("还不回来")
