"""Papers of a purchase: the list that the customer signs, the reversal slip, the cash settlement slip (PRD-004, PRD-005, RPT-008)."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.kernel.money import show
from kefu.organisation.models import User
from kefu.sales.models import Purchase, Reversal, Settlement
from kefu.sales.queries import replaced_by, total_of

PRODUCT_LIST = "sales.list"
REVERSAL_SLIP = "sales.reversal"
SETTLEMENT_SLIP = "sales.settlement"


def product_list(purchase_id: int) -> dict[str, object]:
    """What the list says; it depends on the purchase alone."""
    purchase = Purchase.objects.select_related("customer", "doctor", "node").get(pk=purchase_id)
    lines = [line for line in purchase.lines.select_related("product") if line.quantity]
    replaced = replaced_by(purchase)
    return {
        **_head(purchase),
        "number": purchase.number,
        "doctor": purchase.doctor.name,
        "at": purchase.entered_at or purchase.prescribed_at,
        "lines": lines,
        "total": show(total_of(purchase)),
        "replaces": f"{replaced.purchase.number}（{replaced.number}）" if replaced else "",
        "signatures": [_("客户签字"), _("健康管理师"), _("日期")],
    }


def reversal_slip(reversal_id: int) -> dict[str, object]:
    """What the reversal slip says: lines below zero, the purchase it belongs to, and what is bought instead."""
    slip = Reversal.objects.select_related("purchase__customer", "purchase__node", "instead", "by").get(pk=reversal_id)
    return {
        **_head(slip.purchase),
        "number": slip.number,
        "at": slip.at,
        "purchase": slip.purchase.number,
        "instead": slip.instead.number if slip.instead else "",
        "reason": slip.reason,
        "lines": list(slip.lines.select_related("line__product")),
        "total": show(-slip.amount),
        "issued_by": f"{slip.by.name} {slip.by.job_number}",
        "signatures": [_("客户签字"), _("健康管理师"), _("日期")],
    }


def settlement_slip(settlement_id: int) -> dict[str, object]:
    """What the settlement slip says: what was signed, reversed, paid and left, and what is short with specification, kind and quantity."""
    slip = Settlement.objects.select_related("purchase__customer", "purchase__node", "by").get(pk=settlement_id)
    short = list(slip.shortages.select_related("line__product__category").order_by("pk"))
    return {
        **_head(slip.purchase),
        "number": slip.number,
        "at": slip.at,
        "purchase": slip.purchase.number,
        "reversals": "、".join(slip.purchase.reversals.filter(at__lte=slip.at).order_by("pk").values_list("number", flat=True)),
        "amounts": [
            (_("签字金额"), show(slip.total)), (_("已冲红"), show(-slip.reversed)), (_("已付"), show(slip.paid)),
            (_("应退") if slip.due < 0 else _("还欠"), show(abs(slip.due))),
        ],
        "short": short,
        "issued_by": f"{slip.by.name} {slip.by.job_number}",
        "signatures": [_("客户签字"), _("收银"), _("日期")],
    }  # fmt: skip


def _head(purchase: Purchase) -> dict[str, object]:
    return {
        "node": purchase.node.zh,
        "customer": purchase.customer.name,
        "archive_number": purchase.customer.archive_number or "",
    }


def _sees(user: User, reversal_id: int) -> bool:
    return Reversal.objects.visible_to(user).filter(pk=reversal_id).exists()


def _customer(reversal_id: int) -> int | None:
    return Reversal.objects.filter(pk=reversal_id).values_list("purchase__customer", flat=True).first()


def _sees_settlement(user: User, settlement_id: int) -> bool:
    return Purchase.objects.visible_to(user).filter(settlements=settlement_id).exists()


def _customer_settled(settlement_id: int) -> int | None:
    return Settlement.objects.filter(pk=settlement_id).values_list("purchase__customer", flat=True).first()


documents.register(PRODUCT_LIST, _("产品清单"), "sales/print/list.html", size="A4", context=product_list)
documents.register(REVERSAL_SLIP, _("冲红单"), "sales/print/reversal.html", size="A4", context=reversal_slip)
documents.register(SETTLEMENT_SLIP, _("现金结算单"), "sales/print/settlement.html", size="A4", context=settlement_slip)
register_policy(REVERSAL_SLIP, _sees, customer=_customer)
register_policy(SETTLEMENT_SLIP, _sees_settlement, customer=_customer_settled)
