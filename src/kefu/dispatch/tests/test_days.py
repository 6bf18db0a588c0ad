"""What was shipped and what was not, day by day, and what customers wish for it (STK-025)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kefu.dispatch import actions
from kefu.dispatch.models import WishNote, WishReading
from kefu.dispatch.queries import day_counts, day_rows, wishes_listed
from kefu.dispatch.rules import Counts
from kefu.dispatch.slots import wishes_owed
from kefu.dispatch.tests.test_backs import GIVEN
from kefu.dispatch.tests.test_runs import codes
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope
from kefu.sales.actions import dispatch, reverse
from kefu.stock.models import IssueLine

pytestmark = pytest.mark.django_db


@pytest.mark.req("STK-025")
def test_a_day_counts_the_same_later_on(yard):
    monday, tuesday = yard.at, yard.at + timedelta(days=1)
    line = yard.three.lines.get()
    dispatch(purchase=yard.three, packs={line.pk: 1}, by=yard.manager, at=monday)
    rows = {row.purchase.pk: row.figures for row in day_rows(yard.warehouse, monday.date())}
    assert {pk: (one.ordered, one.left_today, one.open) for pk, one in rows.items()} == {yard.three.pk: (3, 1, 2), yard.two.pk: (2, 0, 2)}  # fmt: skip
    counts = Counts(shipped_orders=1, shipped_packs=1, open_orders=2, open_packs=4)
    assert day_counts(day_rows(yard.warehouse, monday.date())) == counts
    assert codes(lambda: actions.hand_in_list(warehouse=yard.warehouse, day=monday.date(), by=yard.dispatcher, at=monday), Invalid) == {"not_over"}  # fmt: skip
    handed = actions.hand_in_list(warehouse=yard.warehouse, day=monday.date(), by=yard.dispatcher, at=tuesday)
    assert (handed.number, handed.shipped_packs, handed.open_packs) == ("RB2600001", 1, 4)
    dispatch(purchase=yard.three, by=yard.manager, at=tuesday)
    reverse(purchase=yard.two, withdrawn={yard.two.lines.get().pk: 1}, reason="少要一瓶", by=yard.manager, at=tuesday)
    back = actions.register_back(
        warehouse=yard.warehouse, **GIVEN, order=yard.three.number, by=yard.dispatcher, at=tuesday
    )
    back = actions.collect_back(back=back, by=yard.dispatcher, at=tuesday)
    sent = IssueLine.objects.filter(slip__at=tuesday).get()
    actions.receive_back(back=back, packs={sent.pk: 1}, by=yard.keeper, at=tuesday)
    assert day_counts(day_rows(yard.warehouse, monday.date())) == counts
    assert day_counts(day_rows(yard.warehouse, tuesday.date())) == Counts(1, 2, 2, 2)
    assert codes(lambda: actions.hand_in_list(warehouse=yard.warehouse, day=monday.date(), by=yard.dispatcher, at=tuesday)) == "handed_in"  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        type(handed).objects.update(open_packs=0)


@pytest.mark.req("STK-025")
def test_wishes_and_replies_pass_both_ways(yard):
    at, manager, department = yard.at, {"by": yard.manager, "at": yard.at}, {"by": yard.dispatcher, "at": yard.at}

    def work(user):
        return [(str(item.label), item.what) for item in wishes_owed(user, at)]

    assert codes(lambda: actions.ask_wish(purchase=yard.three, text=" ", **manager), Invalid) == {"required"}
    assert codes(lambda: actions.ask_wish(purchase=yard.three, text="急", wanted_on=at.date() - timedelta(days=1), **manager), Invalid) == {"over"}  # fmt: skip
    with pytest.raises((Forbidden, OutOfScope)):
        actions.ask_wish(purchase=yard.three, text="急", by=yard.sh_manager, at=at)
    wish = actions.ask_wish(
        purchase=yard.three, text="周五前到，送到单位", wanted_on=at.date() + timedelta(days=4), **manager
    )
    assert (wish.state, wish.answer_by) == ("open", at + timedelta(hours=4))
    assert (work(yard.dispatcher), work(yard.manager)) == ([("发货要求待回复", yard.three.number)], [])
    assert Notice.objects.filter(user=yard.dispatcher, code="dispatch.wish").count() == 1
    assert [one.unread for one in wishes_listed(yard.dispatcher, {"state": "open"}, at)] == [1]
    assert codes(lambda: actions.pass_on(wish=wish, **manager)) == "not_answered"
    actions.read_notes(wish=wish, **department)
    assert [one.unread for one in wishes_listed(yard.manager, {}, at)] == [0]
    with pytest.raises(Forbidden):
        actions.reply(wish=wish, text="可以", **manager)
    wish = actions.reply(wish=wish, text="周四发顺丰", **department)
    assert (work(yard.dispatcher), work(yard.manager)) == ([], [("发货回复待转告", yard.three.number)])
    assert Notice.objects.filter(user=yard.manager, code="dispatch.wish").count() == 1
    wish = actions.say_more(wish=wish, text="改送到家里", **manager)
    assert [(note.side, hasattr(note, "reading")) for note in wish.notes.all()] == [("customer", True), ("department", True), ("customer", False)]  # fmt: skip
    wish = actions.pass_on(wish=actions.reply(wish=wish, text="好的", **department), **manager)
    assert (wish.state, work(yard.manager), WishReading.objects.count()) == ("told", [], 4)
    assert list(wishes_listed(yard.sh_manager, {}, at)) == []
    for broken in (lambda: WishNote.objects.update(text="改了"), lambda: WishReading.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()
