"""What requisitions put on the pages of others: navigation, search, and what each person owes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.erasing import Keep, erases
from kefu.customers.subject_data import leave_out
from kefu.foundation.access.conditions import any_of
from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.slots.registry import Hit, NavItem, SearchGroup, WorkItem, register, register_work
from kefu.organisation.models import User
from kefu.requisitions.choices import LendingState, State
from kefu.requisitions.models import Lending, Requisition
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.queries import shortfalls
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission

SHOWN = 50
TURNS = {
    State.DRAFT: (_("申请待签字"), _("去签字")),
    State.SUBMITTED: (_("申请待核对"), _("去核对")),
    State.CHECKED: (_("申请待审批"), _("去审批")),
    State.APPROVED: (_("申请待拣货"), _("去拣货")),
    State.ISSUED: (_("调拨到货"), _("去点数")),
    State.DIFFERENCE: (_("到货差异"), _("去处理")),
}


def my_turn(user: User) -> Q:
    """The requisitions that wait for this person's hand: to sign, check, approve, pick, count or settle."""

    def at(permission: Permission, side: str) -> Q:
        return scope(user, permission, node=f"{side}__node_id")

    def keeps(side: str) -> Q:
        central, branch = Q(**{f"{side}__central": True}), Q(**{f"{side}__central": False})
        return central & at(StockPermission.CENTRAL_KEEP, side) | branch & at(StockPermission.BRANCH_KEEP, side)

    right = RequisitionPermission
    finance = at(right.FIGURES_CHECK, "target")
    deciding = (
        Q(state=State.DRAFT) & at(right.SIGN, "target")
        | Q(state=State.SUBMITTED) & finance
        | Q(state=State.CHECKED) & at(right.APPROVE, "source")
    ) & ~Q(by=user)
    handling = Q(state=State.APPROVED) & keeps("source") | Q(state=State.ISSUED) & keeps("target")
    settling = any_of(keeps("source"), keeps("target"), finance)
    return deciding | handling | Q(state=State.DIFFERENCE) & settling


def requisitions_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """Requisitions that wait for this person; a difference is due by the end of its day."""
    rows = Requisition.objects.filter(my_turn(user)).select_related("target", "source").order_by("pk")
    for one in rows[:SHOWN]:
        label, verb = TURNS[State(one.state)]
        due = _end_of(one.settle_by) if one.settle_by else None
        yield WorkItem(
            group="notice", label=label, icon="truck-delivery", verb=verb, what=f"{one.number} {one.source.label} → {one.target.label}",
            url=reverse("requisitions:requisition", args=[one.pk]), due_at=due, started_at=one.at, why=one.target.label,
        )  # fmt: skip


def shortages_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """For the keeper of a warehouse: products below par (STK-020)."""
    for warehouse in Warehouse.objects.filter(keeper=user, active=True):
        short = sum(1 for _level, need in shortfalls(warehouse, at) if need.shortfall)
        if short:
            yield WorkItem(
                group="notice", label=_("缺货"), icon="alert-triangle", verb=_("去申请"), why=warehouse.label,
                what=str(_("%(count)s 个品种不够备用量") % {"count": short}),
                url=f"{reverse('requisitions:par')}?warehouse={warehouse.code}",
            )  # fmt: skip


def lendings_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """Lendings to agree to, to hand over, and, for the keeper and who borrowed, those past their day."""
    central, branch = Q(warehouse__central=True), Q(warehouse__central=False)
    node = "warehouse__node_id"
    agrees = branch & scope(user, RequisitionPermission.SIGN, node=node) | central & scope(
        user, RequisitionPermission.APPROVE, node=node
    )
    keeps = branch & scope(user, StockPermission.BRANCH_KEEP, node=node) | central & scope(
        user, StockPermission.CENTRAL_KEEP, node=node
    )
    late = Q(state=LendingState.OUT, due_on__lt=timezone.localdate(at)) & (keeps | Q(borrower=user))
    mine = (
        Q(state=LendingState.ASKED) & agrees & ~Q(by=user) & ~Q(borrower=user)
        | Q(state=LendingState.AGREED) & keeps
        | late
    )
    words = {
        LendingState.ASKED: (_("借用待同意"), _("去看")),
        LendingState.AGREED: (_("借用待领"), _("去交货")),
        LendingState.OUT: (_("借用到期没还"), _("去归还")),
    }
    for one in Lending.objects.filter(mine).select_related("warehouse", "borrower").order_by("due_on", "pk")[:SHOWN]:
        label, verb = words[LendingState(one.state)]
        yield WorkItem(
            group="notice", label=label, icon="hourglass", verb=verb, what=f"{one.number} {one.borrower.name} {one.purpose}",
            url=reverse("requisitions:lending", args=[one.pk]), why=one.warehouse.label,
            due_at=_end_of(one.due_on) if one.state == LendingState.OUT else None, started_at=one.at,
        )  # fmt: skip


def find_requisitions(user: User, text: str, limit: int) -> list[Hit]:
    """Requisitions and lendings by the beginning of their numbers."""
    rows = (
        Requisition.objects.visible_to(user).filter(number__istartswith=text).select_related("target").order_by("-pk")
    )
    hits = [
        Hit(one.number, one.target.label, reverse("requisitions:requisition", args=[one.pk])) for one in rows[:limit]
    ]
    lent = Lending.objects.visible_to(user).filter(number__istartswith=text).select_related("borrower").order_by("-pk")
    more = [Hit(one.number, one.borrower.name, reverse("requisitions:lending", args=[one.pk])) for one in lent[:limit]]
    return [*hits, *more][:limit]


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(days=1)


WHY = "goods between two warehouses of ours; it leads to a customer only through a kind of slip that is for none"
for table, path in {
    "Requisition": "", "RequisitionLine": "requisition__", "RequisitionStep": "requisition__", "Picked": "requisition__", "PickMiss": "requisition__",
    "PackingTick": "requisition__", "Parcel": "requisition__", "ShippedLine": "requisition__", "ArrivalCount": "requisition__",
    "ArrivalCountLine": "count__requisition__", "Settlement": "line__requisition__", "LossConsent": "settlement__line__requisition__",
}.items():  # fmt: skip
    leave_out(f"requisitions.{table}", WHY)
    erases(f"requisitions.{table}", f"{path}slip__customer", Keep(WHY))
register(
    NavItem("goods", 22, _("调拨申请"), "truck-delivery", "requisitions:list", RequisitionPermission.VIEW),
    NavItem("goods", 22, _("在途货物"), "truck-delivery", "requisitions:transit", RequisitionPermission.FIGURES_VIEW),
    NavItem("goods", 23, _("备用量"), "list-check", "requisitions:par", StockPermission.BRANCH_VIEW),
    NavItem("goods", 24, _("借用"), "clipboard-list", "requisitions:lendings", RequisitionPermission.VIEW),
    SearchGroup("requisitions", _("申请单和借用单"), 82, RequisitionPermission.VIEW, find_requisitions),
)
register_work("requisitions", requisitions_owed)
register_work("requisitions.shortages", shortages_owed)
register_work("requisitions.lendings", lendings_owed)
