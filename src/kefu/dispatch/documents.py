"""Papers of the dispatch registers: the run sheet, the collection slip, the daily list (STK-023 to STK-025)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.models import Back, DayList, Run
from kefu.dispatch.queries import BACK, DAY, RUN, DayRow, day_rows
from kefu.dispatch.rules import on_paper
from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.kernel.phones import show
from kefu.organisation.models import User
from kefu.sales.models import Purchase


def run_sheet(run_id: int) -> dict[str, object]:
    """What goes with the driver: customer by family name, order and packs, one to one, and what is short."""
    run = Run.objects.select_related("warehouse__node", "by").get(pk=run_id)
    lines = run.lines.select_related("purchase__customer").prefetch_related("short__purchase_line__product")
    return {
        "number": run.number,
        "node": run.warehouse.node.zh,
        "at": timezone.localdate(run.departs_at),
        "run": run,
        "phone": show(run.driver_phone) if run.driver_phone else "",
        "lines": [{"line": line, "name": _name(line.purchase)} for line in lines],
        "packs": sum(line.packs for line in lines),
        "registered_by": f"{run.by.name} {run.by.job_number}",
        "signatures": [_("发货人"), _("司机"), _("复核人")],
    }


def collection_slip(back_id: int) -> dict[str, object]:
    """What the collector takes along: where the goods wait, with whom, under which waybill; signed by hand when they are handed over."""
    back = Back.objects.select_related("warehouse__node", "purchase", "by", "collected_by").get(pk=back_id)
    return {
        "number": back.number,
        "node": back.warehouse.node.zh,
        "at": timezone.localdate(back.at),
        "back": back,
        "phone": show(back.phone),
        "order": back.purchase.number if back.purchase else "",
        "registered_by": f"{back.by.name} {back.by.job_number}",
        "signatures": [_("承运方"), _("取货人"), _("库管")],
    }


def day_list(list_id: int) -> dict[str, object]:
    """The list of a day as it was handed in: counts, then order by order, customers by family name, what was shipped and what was not."""
    one = DayList.objects.select_related("warehouse__node", "by").get(pk=list_id)
    rows = day_rows(one.warehouse, one.day)
    return {
        "number": one.number,
        "node": one.warehouse.node.zh,
        "at": one.day,
        "list": one,
        "shipped": [_named(row) for row in rows if row.figures.left_today],
        "waiting": [_named(row) for row in rows if row.figures.open > 0],
        "handed_in_by": f"{one.by.name} {one.by.job_number}",
        "signatures": [_("发货部"), _("客服"), _("日期")],
    }


def _name(purchase: Purchase) -> str:
    """Printouts outlive an erasure, so they carry no full name; none at all of customers whose data rests."""
    customer = purchase.customer
    return "" if customer.restricted_at else on_paper(customer.name)


def _named(row: DayRow) -> dict[str, object]:
    return {"row": row, "name": _name(row.purchase)}


def _sees_run(user: User, run_id: int) -> bool:
    return Run.objects.visible_to(user).filter(pk=run_id).exists()


def _sees_back(user: User, back_id: int) -> bool:
    return Back.objects.visible_to(user).filter(pk=back_id).exists()


def _sees_list(user: User, list_id: int) -> bool:
    return DayList.objects.visible_to(user).filter(pk=list_id).exists()


def _customer(back_id: int) -> int | None:
    return Back.objects.filter(pk=back_id).values_list("purchase__customer", flat=True).first()


documents.register(RUN, _("发车单"), "dispatch/print/run.html", size="A4", context=run_sheet)
documents.register(BACK, _("取货单"), "dispatch/print/back.html", size="A4", context=collection_slip)
documents.register(DAY, _("发货日报"), "dispatch/print/day.html", size="A4", context=day_list)
register_policy(RUN, _sees_run)
register_policy(BACK, _sees_back, customer=_customer)
register_policy(DAY, _sees_list)
