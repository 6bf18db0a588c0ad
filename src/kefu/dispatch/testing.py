"""A stocked centre with a dispatch department and signed orders: for the tests of this module, of pages and permissions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from kefu.administration.content import load_roles
from kefu.customers.models import Customer
from kefu.dispatch.models import Back, ListingCorrection, Run, RunLine, ShortItem, SlipSheet, Wish, WishNote
from kefu.organisation.models import Grant, Role, User
from kefu.products.models import Product
from kefu.sales import actions
from kefu.sales.actions import Line, Prescribed
from kefu.sales.models import Purchase
from kefu.stock.models import Warehouse
from kefu.testing.cast import Cast


def dispatcher_of(cast: Cast) -> User:
    """Somebody of the dispatch department in Beijing."""
    load_roles(only=frozenset({"dispatch_department"}), by=None, at=cast.at)
    user = User(
        username="dispatcher", job_number="2031", name="白示达", node=cast.bj, undertaking_signed_on=date(2026, 1, 5)
    )
    user.set_unusable_password()
    user.save()
    role = Role.objects.get(code="dispatch_department")
    Grant.objects.create(user=user, role=role, node=cast.bj, valid_from=date(2026, 1, 5))
    return user


def signed_order(cast: Cast, customer: Customer, packs: int) -> Purchase:
    """A signed order of fish oil."""
    Product.objects.filter(code="N-014").update(price=Decimal("298.00"), pieces_per_pack=60)
    oil = Product.objects.get(code="N-014")
    made = actions.prescribe(
        customer=customer, doctor=cast.doctor, products=[Prescribed(oil, 4)], by=cast.doctor, at=cast.at
    )
    actions.enter_lines(purchase=made, lines=[Line(oil, packs)], by=cast.manager, at=cast.at)
    return actions.sign(purchase=made, by=cast.manager, at=cast.at)


def one_of_each(*, order: Purchase, warehouse: Warehouse, by: User, at: datetime) -> None:
    """An order on a run with something short of it, a carrier return, a wish, a check of slips and a listing, as rows, for what lists them."""
    signed = {"by": by, "at": at}
    run = Run.objects.create(
        number="FC2600001", warehouse=warehouse, kind="vehicle", plate="京A1", departs_at=at, **signed
    )
    line = RunLine.objects.create(run=run, purchase=order, packs=1, **signed)
    goods = order.lines.filter(quantity__gt=0).latest("pk")
    ShortItem.objects.create(line=line, purchase_line=goods, packs=1, **signed)
    Back.objects.create(
        number="TH2600001", warehouse=warehouse, purchase=order, company="示范货运", pickup_address="货场", phone="01000000000", goods="一箱",
        collect_by=at.date(), **signed,
    )  # fmt: skip
    wish = Wish.objects.create(purchase=order, warehouse=warehouse, answer_by=at, **signed)
    WishNote.objects.create(wish=wish, side="customer", text="周五前到", **signed)
    SlipSheet.objects.create(number="HD2600001", warehouse=warehouse, day=at.date() - timedelta(days=1), **signed)
    ListingCorrection.objects.create(
        warehouse=warehouse, product=goods.product, packs=9, book=9, reason="按实物改", **signed
    )
