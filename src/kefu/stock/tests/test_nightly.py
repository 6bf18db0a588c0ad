"""Every night the book is checked against its moves."""

from datetime import date

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid
from kefu.stock import queries
from kefu.stock.actions import check_balances, rebuild_balances
from kefu.stock.jobs import check_every_night
from kefu.stock.models import Balance
from kefu.stock.testing import stock_in


@pytest.fixture
def drifted(shop, beijing):
    stock_in(beijing, [("N-014", "DA26031", 12, date(2027, 6, 30))], by=shop.keeper, at=shop.at)
    check_every_night(at=shop.at)
    assert not AuditEntry.objects.filter(code="stock.drift.found").exists()
    Balance.objects.update(quantity=13)
    return Balance.objects.get()


def test_a_difference_is_reported_and_left_as_it_is(shop, drifted):
    check_every_night(at=shop.at)
    row = AuditEntry.objects.get(code="stock.drift.found")
    assert (row.subject_id, row.changes) == (drifted.pk, {"quantity": [12, 13]})
    assert Notice.objects.get(user=shop.admin).text == "有 1 处库存和出入库记录对不上，请查明原因"
    assert Balance.objects.get().quantity == 13


def test_the_administrator_rebuilds_it_from_the_moves_for_a_reason(shop, drifted):
    with pytest.raises(Invalid):
        rebuild_balances(reason=" ", by=shop.admin, at=shop.at)
    with pytest.raises(Forbidden):
        rebuild_balances(reason="x", by=shop.keeper, at=shop.at)
    rebuild_balances(reason="误用脚本改过数量", by=shop.admin, at=shop.at)
    assert Balance.objects.get().quantity == 12
    assert queries.drift() == []
    assert rebuild_balances(reason="再看一次", by=shop.admin, at=shop.at) == []
    with pytest.raises(Forbidden):
        check_balances(by=shop.keeper, at=shop.at)
