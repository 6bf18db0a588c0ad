"""A coach takes two orders along: who is told what and when, and what is short until it is supplied (STK-023)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kefu.dispatch import actions
from kefu.dispatch.actions import Plan
from kefu.dispatch.choices import RunKind, RunState
from kefu.dispatch.documents import run_sheet
from kefu.dispatch.models import Run, RunLine, RunTold, ShortItem, ShortSupply
from kefu.dispatch.queries import short_listed
from kefu.dispatch.rules import on_paper
from kefu.dispatch.slots import find_runs, short_owed
from kefu.foundation.audit.trail import action, nothing_changed
from kefu.foundation.events.bus import announce
from kefu.foundation.outbox.models import OutboxMessage
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.messaging.events import SentInstead
from kefu.messaging.models import Message
from kefu.sales.actions import reverse

pytestmark = pytest.mark.django_db


def plan(at, kind=RunKind.COACH, **changes):
    given = {
        "departs_at": at, "arrives_at": at + timedelta(hours=6), "plate": "京a12345", "driver": "赵示师", "driver_phone": "1000000 0012",
        "pickup_point": "城东客运站",
    }  # fmt: skip
    return Plan(kind=kind, **given | changes)


def codes(work, kind=Refused):
    with pytest.raises(kind) as caught:
        work()
    return {error.code for error in caught.value.errors} if kind is Invalid else caught.value.code


def left(run):
    """As if everything on its way about a run had left."""
    OutboxMessage.objects.filter(
        pk__in=RunTold.objects.filter(line__run=run).values("message__outbox"), state="pending"
    ).update(state="sent", sent_at=run.departed_at)


def said(run):
    rows = Message.objects.filter(subject_kind="dispatch.run", subject_id=run.pk).order_by("customer_id", "pk")
    return [(one.customer.name, one.template.code, one.outbox.state) for one in rows]


def test_a_paper_of_many_customers_says_family_names_only():
    assert [on_paper(name) for name in ("沈知夏", "欧阳听澜", "Anna Maria Weber", "")] == [
        "沈*",
        "欧阳*",
        "Weber *",
        "",
    ]


@pytest.mark.req("STK-023")
def test_a_coach_from_loading_to_its_customers(yard):
    by, at = {"by": yard.dispatcher, "at": yard.at}, yard.at
    assert codes(lambda: actions.plan_run(warehouse=yard.warehouse, plan=plan(at, plate="", pickup_point="", driver_phone=""), **by), Invalid) == {"required"}  # fmt: skip
    assert codes(lambda: actions.plan_run(warehouse=yard.warehouse, plan=plan(at, arrives_at=at), **by), Invalid) == {"order"}  # fmt: skip
    assert codes(lambda: actions.plan_run(warehouse=yard.warehouse, plan=plan(at, driver_phone="12"), **by), Invalid) == {"phone"}  # fmt: skip
    with pytest.raises(Forbidden):
        actions.plan_run(warehouse=yard.warehouse, plan=plan(at), by=yard.manager, at=at)
    run = actions.plan_run(warehouse=yard.warehouse, plan=plan(at), **by)
    assert (run.number, run.plate, run.driver_phone) == ("FC2600001", "京A12345", "10000000012")
    assert codes(lambda: actions.depart(run=run, **by)) == "empty"
    first = actions.add_line(run=run, order=yard.three.number.lower(), packs=3, **by)
    assert codes(lambda: actions.add_line(run=run, order=yard.three.number, packs=1, **by)) == "order_twice"
    assert codes(lambda: actions.add_line(run=run, order=yard.two.number, packs=3, **by)) == "too_many"
    assert codes(lambda: actions.add_line(run=run, order="GM2699999", packs=3, **by), Invalid) == {"unknown"}
    given_up = actions.add_line(run=run, order=yard.two.number, packs=2, **by)
    reverse(purchase=yard.two, withdrawn={yard.two.lines.get().pk: 1}, reason="少要一瓶", by=yard.manager, at=at)
    with pytest.raises(Refused, match=yard.two.number):
        actions.depart(run=run, **by)
    actions.remove_line(line=given_up, **by)
    later = actions.plan_run(warehouse=yard.warehouse, plan=plan(at), **by)
    line = actions.add_line(run=later, order=yard.two.number, packs=1, **by)
    assert (
        codes(lambda: actions.add_line(run=run, order=yard.two.number, packs=1, **by)) == "too_many"
    )  # another run takes it
    actions.remove_line(line=line, **by)
    actions.add_line(run=run, order=yard.two.number, packs=1, **by)
    assert [(one.purchase.customer.name, one.purchase.number, one.packs) for one in run.lines.all()] == [
        ("沈知夏", yard.three.number, 3), ("陶映川", yard.two.number, 1)
    ]  # fmt: skip
    run = actions.depart(run=run, **by)
    assert said(run) == [("沈知夏", "coach_coming", "pending"), ("陶映川", "coach_coming", "pending")]
    words = Message.objects.get(customer=yard.first, template__code="coach_coming").body
    for told in ("3件", "京A12345", "15:00", "城东客运站", "100 0000 0012"):
        assert told in words
    assert codes(lambda: actions.depart(run=run, **by)) == "wrong_state"
    run = actions.change_run(run=run, plan=plan(at, driver="另一位"), **by)
    assert (run.revision, len(said(run))) == (1, 2)
    run = actions.change_run(run=run, plan=plan(at, driver="另一位", plate="京B00001"), **by)
    assert said(run) == [
        ("沈知夏", "coach_coming", "cancelled"), ("沈知夏", "coach_coming", "pending"), ("陶映川", "coach_coming", "cancelled"),
        ("陶映川", "coach_coming", "pending"),
    ]  # fmt: skip
    left(run)
    run = actions.change_run(run=run, plan=plan(at, driver="另一位", plate="京B00001", pickup_point="城西客运站"), **by)
    assert [state for name, template, state in said(run) if template == "coach_changed"] == ["pending", "pending"]
    assert codes(lambda: actions.cancel_run(run=run, reason=" ", **by), Invalid) == {"required"}
    run = actions.cancel_run(run=run, reason="车坏了", **by)
    assert (run.state, [row[1:] for row in said(run) if row[0] == "沈知夏"]) == (RunState.CANCELLED, [
        ("coach_coming", "cancelled"), ("coach_coming", "sent"), ("coach_changed", "cancelled"), ("coach_off", "pending"),
    ])  # fmt: skip
    assert codes(lambda: actions.note_short(line=first, purchase_line=yard.three.lines.get(), packs=1, **by)) == "wrong_state"  # fmt: skip
    other = actions.plan_run(warehouse=yard.warehouse, plan=plan(at), **by)
    actions.add_line(run=other, order=yard.two.number, packs=1, **by)
    actions.cancel_run(run=actions.depart(run=other, **by), reason="路封了", **by)
    assert said(other) == [("陶映川", "coach_coming", "cancelled")]  # nobody heard, so nobody is called off


@action
def goes_another_way(*, message, by, at):
    """As messaging does when WeChat turns a message away."""
    OutboxMessage.objects.filter(pk=message.outbox_id).update(state="dead")
    outbox, made = OutboxMessage.objects.get(pk=message.outbox_id), Message.objects.get(pk=message.pk)
    outbox.pk, outbox.key, outbox.state, outbox.sent_at = None, f"instead:{message.pk}", "sent", at
    outbox.save()
    made.pk, made.key, made.outbox, made.instead_of = None, outbox.key, outbox, message
    made.save()
    announce(SentInstead(made.pk, message.pk, at))
    nothing_changed()


@pytest.mark.req("STK-023")
def test_whoever_may_have_heard_of_a_coach_hears_that_it_does_not_come(yard):
    by, late = {"by": yard.dispatcher, "at": yard.at}, yard.at + timedelta(hours=7)
    run = actions.plan_run(warehouse=yard.warehouse, plan=plan(yard.at), **by)
    for order in (yard.three, yard.two):
        actions.add_line(run=run, order=order.number, packs=1, **by)
    run = actions.depart(run=run, **by)
    turned, leaving = Message.objects.filter(subject_kind="dispatch.run").order_by("customer_id")
    goes_another_way(message=turned, **by)
    OutboxMessage.objects.filter(pk=leaving.outbox_id).update(state="sending", claimed_at=yard.at)
    actions.cancel_run(run=run, reason="车坏在路上", by=yard.dispatcher, at=late)
    called_off = Message.objects.filter(template__code="coach_off").order_by("customer_id")
    assert [(one.customer, one.outbox.expires_at) for one in called_off] == [
        (yard.first, late + timedelta(days=1)), (yard.second, late + timedelta(days=1))
    ]  # fmt: skip


@pytest.mark.req("STK-023")
def test_short_items_stand_until_they_are_supplied(yard):
    by, at = {"by": yard.dispatcher, "at": yard.at}, yard.at
    run = actions.plan_run(warehouse=yard.warehouse, plan=plan(at, RunKind.CARRIER, company="示范货运", plate=""), **by)
    line = actions.add_line(run=run, order=yard.three.number, packs=2, **by)
    goods = yard.three.lines.get()
    assert codes(lambda: actions.note_short(line=line, purchase_line=yard.two.lines.get(), packs=1, **by), Invalid) == {"range"}  # fmt: skip
    item = actions.note_short(line=line, purchase_line=goods, packs=2, note="仓库没找到", **by)
    assert codes(lambda: actions.note_short(line=line, purchase_line=goods, packs=1, **by)) == "short_twice"
    assert codes(lambda: actions.remove_line(line=line, **by)) == "has_short"
    off = actions.plan_run(warehouse=yard.warehouse, plan=plan(at), **by)
    lost = actions.add_line(run=off, order=yard.two.number, packs=2, **by)
    gone = actions.note_short(line=lost, purchase_line=yard.two.lines.get(), packs=2, **by)
    assert len(list(short_owed(yard.dispatcher, at))) == 2
    type(yard.second).objects.filter(pk=yard.second.pk).update(restricted_at=at)
    assert [one.customer_id for one in short_owed(yard.dispatcher, at)] == [yard.first.pk]
    assert [row["name"] for row in run_sheet(off.pk)["lines"]] == [""]
    type(yard.second).objects.filter(pk=yard.second.pk).update(restricted_at=None)
    actions.cancel_run(run=off, reason="车坏了", **by)
    assert codes(lambda: actions.supply_short(item=gone, packs=1, how="下一趟车", **by)) == "not_owed"
    loaded = actions.add_line(
        run=actions.plan_run(warehouse=yard.warehouse, plan=plan(at), **by), order=yard.two.number, packs=2, **by
    )
    actions.remove_line(line=loaded, **by)
    assert (
        codes(lambda: actions.note_short(line=loaded, purchase_line=yard.two.lines.get(), packs=1, **by)) == "changed"
    )
    actions.depart(run=run, **by)
    assert said(run) == []  # a carrier is not met by the customer
    assert [one.what for one in short_owed(yard.dispatcher, at)] == [f"{yard.three.number} {goods.product.label} × 2"]
    assert list(short_owed(yard.manager, at)) == []
    assert codes(lambda: actions.supply_short(item=item, packs=3, how="下一趟车", **by), Invalid) == {"range"}
    actions.supply_short(item=item, packs=1, how="FC2600002", **by)
    assert [one.open for one in short_listed(yard.dispatcher, {"q": yard.three.number}, at)] == [1]
    item = actions.supply_short(item=item, packs=1, how="顺丰 SF1", **by)
    other = actions.plan_run(warehouse=yard.warehouse, plan=plan(at), **by)
    line = actions.add_line(run=other, order=yard.three.number, packs=1, **by)
    rest = actions.note_short(line=line, purchase_line=goods, packs=3, **by)
    reverse(purchase=yard.three, withdrawn={goods.pk: 1}, reason="少要一瓶", by=yard.manager, at=at)
    assert [one.open for one in short_listed(yard.dispatcher, {}, at)] == [2]
    reverse(purchase=yard.three, withdrawn={goods.pk: 2}, reason="都不要了", by=yard.manager, at=at)
    assert ShortItem.objects.get(pk=rest.pk).open == 0
    assert (item.open, list(short_listed(yard.dispatcher, {}, at)), list(short_owed(yard.dispatcher, at))) == (
        0,
        [],
        [],
    )
    assert [hit.title for hit in find_runs(yard.dispatcher, run.number, 5)] == [run.number]
    for broken in (
        lambda: ShortItem.objects.filter(pk=item.pk).update(supplied=3),
        lambda: ShortItem.objects.filter(pk=item.pk).update(purchase_line=yard.two.lines.get()),
        lambda: ShortSupply.objects.update(packs=5),
        lambda: ShortSupply.objects.all().delete(),
        lambda: RunLine.objects.create(run=run, purchase=yard.three, packs=1, **by),
        lambda: Run.objects.filter(pk=run.pk).update(kind=RunKind.COACH),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()
