"""The statement of a prepaid package: every unit that came and went, and what is left."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.prepaid_ledger import KIND
from kefu.billing.models import Prepaid
from kefu.billing.queries import standing_of
from kefu.billing.queries.prepaid import ledger_of
from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.kernel.money import show

STATEMENT = "billing.prepaid_statement"


def statement(prepaid_id: int) -> dict[str, object]:
    """What the statement says: the ledger in order, the balance after each entry, freezes, and the money of it."""
    prepaid = Prepaid.objects.select_related("customer__node", "charge").get(pk=prepaid_id)
    entries = ledger_of(prepaid)
    owing = standing_of([prepaid.charge]).lines[0] if prepaid.charge else None
    return {
        "number": prepaid.number,
        "node": prepaid.customer.node.zh,
        "customer": prepaid.customer.name,
        "at": timezone.localdate(entries[-1].at),
        "item": prepaid.item,
        "unit": prepaid.get_unit_display(),
        "units": prepaid.units,
        "left": prepaid.balance,
        "until": prepaid.valid_until,
        "price": show(prepaid.charge.amount) if prepaid.charge else "",
        "paid": show(owing.paid) if owing else "",
        "owed": show(owing.owed) if owing else "",
        "lines": [
            (one.on, one.get_kind_display(), one.item or one.reason, one.served_by.name if one.served_by else "", one.signature, one.units, one.after)  # type: ignore[attr-defined]
            for one in entries
        ],
        "freezes": [(one.starts, one.last) for one in prepaid.freezes.all() if one.ends_before > one.starts],
        "signatures": [_("客户签字"), _("经办人")],
    }  # fmt: skip


documents.register(STATEMENT, _("课包对账单"), "billing/print/prepaid.html", size="A4", context=statement)
register_policy(
    KIND,
    lambda user, pk: Prepaid.objects.visible_to(user).filter(pk=pk).exists(),
    customer=lambda pk: Prepaid.objects.filter(pk=pk).values_list("customer_id", flat=True).first(),
)
