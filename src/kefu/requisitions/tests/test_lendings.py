"""Goods are lent with the director's consent, cannot be sold meanwhile, and come back whole, broken or not at all."""

from datetime import timedelta

import pytest

from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.requisitions import actions
from kefu.requisitions.leaving import _ids
from kefu.requisitions.models import Lending
from kefu.requisitions.slots import lendings_owed
from kefu.requisitions.tests.test_requisitions import JUNE, lying, refused
from kefu.stock.actions import issue
from kefu.stock.queries import amount, drift
from kefu.stock.testing import stock_in

pytestmark = pytest.mark.django_db


@pytest.mark.req("STK-018", part="goods of any kind")
def test_lent_with_consent_and_brought_back(shop, beijing, central, fish_oil):
    at, due = shop.at, shop.at.date() + timedelta(days=2)
    stock_in(beijing, [("N-014", "A", 10, JUNE)], by=shop.keeper, at=at)
    with pytest.raises(Invalid) as wrong:
        actions.ask_lending(
            warehouse=beijing,
            borrower=shop.doctor,
            lines=[(fish_oil, 0)],
            purpose=" ",
            due_on=at.date() - timedelta(days=1),
            by=shop.keeper,
            at=at,
        )
    assert [error.code for error in wrong.value.errors] == ["packs", "required", "past"]
    one = actions.ask_lending(
        warehouse=beijing,
        borrower=shop.doctor,
        lines=[(fish_oil, 4)],
        purpose="讲座展示",
        due_on=due,
        department="诊疗部",
        by=shop.keeper,
        at=at,
    )
    assert one.number == "JY2600001"
    with pytest.raises(Forbidden):
        actions.agree_lending(lending=one, by=shop.keeper, at=at)
    refused("wrong_state", actions.hand_over, lending=one, by=shop.keeper, at=at)
    own = actions.ask_lending(
        warehouse=beijing,
        borrower=shop.director,
        lines=[(fish_oil, 1)],
        purpose="自用",
        due_on=due,
        by=shop.keeper,
        at=at,
    )
    refused("own", actions.agree_lending, lending=own, by=shop.director, at=at)
    actions.withdraw_lending(lending=own, reason="不借了", by=shop.keeper, at=at)
    assert [item.what for item in lendings_owed(shop.director, at)] == ["JY2600001 何示宁 讲座展示"]
    actions.agree_lending(lending=one, by=shop.director, at=at)
    assert amount(fish_oil, beijing, at).free == 6
    actions.hand_over(lending=one, by=shop.keeper, at=at)
    assert lying(beijing) == {("A", "WH-BJ-N", "good"): 6, ("A", "WH-BJ-L", "good"): 4}
    assert (amount(fish_oil, beijing, at).there, amount(fish_oil, beijing, at).free) == (6, 6)
    with pytest.raises(Refused):
        issue(warehouse=beijing, lines=[(fish_oil, 7)], purpose="用", by=shop.keeper, at=at)
    lot = one.lots.get()

    def back(packs, condition, by=shop.keeper, note=""):
        return actions.bring_back(lot=lot, packs=packs, condition=condition, note=note, by=by, at=at)

    for packs, condition in ((5, "good"), (0, "good"), (1, "damaged")):
        with pytest.raises(Invalid):
            back(packs, condition)
    back(2, "good")
    back(1, "damaged", note="盒子压扁")
    late = at + timedelta(days=3)
    assert [(str(item.label), item.due_at.date()) for item in lendings_owed(shop.doctor, late)] == [
        ("借用到期没还", due + timedelta(days=1))
    ]
    assert _ids(shop.doctor, due, at) == [one.pk]
    with pytest.raises(Forbidden):
        back(1, "lost", note="找不到")
    back(1, "lost", shop.director, "会场丢了")
    assert Lending.objects.get(pk=one.pk).state == "returned"
    assert lying(beijing) == {("A", "WH-BJ-N", "good"): 8, ("A", "WH-BJ-Q", "damaged"): 1}
    assert drift() == []
