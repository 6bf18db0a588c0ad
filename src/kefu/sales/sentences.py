"""What purchases say on the timeline and on charges."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

PRESCRIBED = sentence("sales.purchase.prescribed", _("产品建议 %(number)s"))
INTAKE = sentence("sales.line.intake", _("%(product)s 每日 %(intake)s"))
SIGNED = sentence("sales.purchase.signed", _("购买 %(count)s 种产品，已签字"))
BOUGHT = sentence("sales.line.bought", _("%(product)s %(price)s × %(packs)s，可服 %(days)s 天"))
CHARGE = sentence("sales.purchase.charge", _("产品购买 %(number)s"))
CANCELLED = sentence("sales.purchase.cancelled", _("取消购买 %(number)s"))
DISPATCHED = sentence("sales.purchase.dispatched", _("产品已发货，出库单 %(slip)s"))
PACKED = sentence("sales.line.packed", "%(product)s × %(packs)s")
RETURNED = sentence("sales.purchase.returned", _("产品退回 %(number)s"))
SHIPPED = sentence("sales.purchase.shipped", _("部分产品已发货，出库单 %(slip)s"))
REVERSED = sentence("sales.purchase.reversed", _("冲红 %(number)s（购买单 %(purchase)s）"))
LESS = sentence("sales.line.less", "%(product)s × -%(packs)s")
INSTEAD = sentence("sales.purchase.instead", _("换购 %(number)s，冲红单 %(reversal)s"))
SETTLED = sentence("sales.purchase.settled", _("现金结算单 %(number)s"))
SHORT = sentence("sales.line.short", _("欠发 %(product)s × %(packs)s"))

GOODS_LOST = sentence("sales.notice.lost", _("购买单 %(number)s 预留的货少了 %(packs)s 件，请重新安排"))

OPEN_PURCHASES = sentence("sales.moving.open", _("没发货的购买"))
OPEN_PURCHASES_NOTE = sentence("sales.moving.note", _("跟客户走，从新机构的库房发货"))
