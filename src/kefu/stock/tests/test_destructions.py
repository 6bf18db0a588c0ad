"""What must not be used any more waits, blocked, until two people have destroyed it and it is written off (STK-011)."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.files.actions import attach, withdraw
from kefu.foundation.files.models import Attachment
from kefu.foundation.files.tests.samples import PDF
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import Grant, Role, User
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import (
    adjust,
    change_quality,
    close_destruction,
    count_lines,
    decide_destruction,
    decide_held,
    destroy,
    explain,
    found_bad,
    issue,
    log_reading,
    move_zone,
    open_stocktake,
    post_stocktake,
    recall,
    request_destruction,
    send_back,
    verify_destruction,
    withdraw_destruction,
)
from kefu.stock.choices import DestructionState, HeldDecision, Quality
from kefu.stock.models import Balance, Destruction, DestructionStep, HeldLot, Lot, Move, Zone
from kefu.stock.testing import stock_in

AUTUMN, JUNE = date(2026, 11, 30), date(2027, 6, 30)


def scan():
    return SimpleUploadedFile("paper.pdf", PDF)


def spot(lot, quality="good"):
    return Balance.objects.get(lot__code=lot, quality=quality)


def amounts(lot):
    rows = Balance.objects.filter(lot__code=lot, quantity__gt=0)
    return {row.quality: (row.quantity, row.reserved) for row in rows}


def causes(house, by=None):
    rows = queries.candidates_listed(by or house.keeper, {}, house.later)
    return {row.lot.code: (row.cause, row.loose) for row in rows}


def asked(house, lot="OLD", packs=12, quality="good", **more):
    given = {"reason": "过期未售完", "by": house.keeper, "at": house.later, "photo": scan()} | more
    return request_destruction(balance=spot(lot, quality), packs=packs, **given)


def attach_to(house, one, kind):
    subject = Subject("stock.destruction", one.pk)
    attach(subject=subject, customer_id=None, kind=kind, upload=scan(), by=house.keeper, at=house.later)


def step(house, verb, one, by, **more):
    return verb(destruction=one, by=by, at=house.later, **more)


def approved(house, one, packs=12):
    step(house, verify_destruction, one, house.product_manager, packs=packs)
    return step(house, decide_destruction, one, house.leader, decision=DestructionState.APPROVED)


def burned(house, one, **more):
    told = {"method": "burned", "place": "朝阳环卫站", "witness": house.director} | more
    return step(house, destroy, one, house.keeper, **told)


def state(one):
    return Destruction.objects.with_state().get(pk=one.pk).state


@pytest.mark.django_db
@pytest.mark.req("STK-011")
def test_from_the_shelf_to_the_filed_record_by_different_hands(house, beijing):
    assert causes(house) == {"OLD": ("expired", 12)}, "on its last day it was good, now it is past"
    one = asked(house)
    assert one.number.startswith("XH26")
    assert amounts("OLD") == {"blocked": (12, 12)}, "set aside and blocked from the moment somebody asks"
    assert causes(house) == {}
    with pytest.raises(Refused, match="不用销毁，或者已经申请过"):
        asked(house, quality="blocked")
    for verb in (
        partial(move_zone, zone=Zone.objects.get(code="WH-BJ-Q")),
        partial(change_quality, quality=Quality.GOOD),
    ):
        with pytest.raises(Refused, match="现在只有 0"):
            verb(balance=spot("OLD", "blocked"), packs=1, reason="腾地方", by=house.keeper, at=house.later)
    recall(lot=Lot.objects.get(code="OLD"), reason="厂家通知", by=house.product_manager, at=house.later)
    assert amounts("OLD") == {"blocked": (12, 12)}, "a recall does not take it from who destroys it"

    with pytest.raises(Forbidden):
        step(house, verify_destruction, one, house.keeper, packs=12)
    with pytest.raises(Invalid):
        step(house, verify_destruction, one, house.product_manager, packs=13)
    step(house, verify_destruction, one, house.product_manager, packs=10, note="少两瓶")
    assert amounts("OLD") == {"blocked": (10, 10), "good": (2, 0)}, "what was not found lies as it lay"
    with pytest.raises(Forbidden):
        step(house, decide_destruction, one, house.product_manager, decision=DestructionState.APPROVED)
    with pytest.raises(Refused, match="不能这样做"):
        burned(house, one)
    attach_to(house, one, "signed_record")
    files = Attachment.objects.filter(subject_id=one.pk)
    withdraw(attachment=files.get(kind="photo"), reason="拍错了", by=house.keeper, at=house.later)
    with pytest.raises(Refused, match="没有货物照片"):
        step(house, decide_destruction, one, house.leader, decision=DestructionState.APPROVED)
    attach_to(house, one, "photo")
    step(house, decide_destruction, one, house.leader, decision=DestructionState.APPROVED)

    house.later += timedelta(hours=1)
    for wrong in ({"witness": house.keeper}, {"witness": house.manager}, {"place": " "}, {"method": "other"}):
        with pytest.raises(Invalid):
            burned(house, one, **wrong)
    burned(house, one)
    assert spot("OLD", "blocked").quantity == 10, "written off only with the paper"
    with pytest.raises(Refused, match="还没上传"):
        step(house, close_destruction, one, house.keeper)  # signed before it was burned: no record of it
    attach_to(house, one, "signed_record")
    step(house, close_destruction, one, house.keeper)
    assert amounts("OLD") == {"good": (2, 0)}
    move = Move.objects.get(kind="destruction")
    assert (move.quantity, move.subject_kind, move.subject_id) == (-10, "stock.destruction", one.pk)
    steps = list(one.steps.values_list("kind", "by__name", "packs", "witness__name"))
    assert steps == [
        ("requested", "何示平", None, None),
        ("verified", "林示明", 10, None),
        ("approved", "林示和", None, None),
        ("destroyed", "何示平", None, "何示安"),
        ("closed", "何示平", 10, None),
    ]
    with pytest.raises(Refused, match="已核销归档"):
        step(house, close_destruction, one, house.keeper)
    assert queries.drift() == []
    told = set(Notice.objects.filter(code="stock.destruction").values_list("user__name", "text"))
    assert ("林示明", f"销毁申请 {one.number} 等您核对数量") in told
    assert ("林示和", f"销毁申请 {one.number} 等您审批") in told
    assert ("何示安", f"销毁单 {one.number} 记您为在场见证人，请核对") in told
    codes = AuditEntry.objects.filter(subject_kind="stock.destruction", code__startswith="stock.").order_by("pk")
    assert list(codes.values_list("code", flat=True)) == [f"stock.destruction.{kind}" for kind, *_rest in steps]


@pytest.mark.django_db
@pytest.mark.req("STK-011")
def test_no_by_leadership_puts_back_or_sends_to_the_maker(house, beijing):
    change_quality(balance=spot("NEW"), packs=4, quality=Quality.DAMAGED, reason="压坏", by=house.keeper, at=house.at)
    assert causes(house)["NEW"] == ("damaged", 4)
    with pytest.raises(Refused, match="现在只有 4"):
        asked(house, "NEW", 5, "damaged")
    kept, sent, given_up = (
        asked(house),
        asked(house, "NEW", 3, "damaged"),
        asked(house, "NEW", 1, "damaged", photo=None),
    )
    with pytest.raises(Refused, match="没有货物照片"):
        step(house, verify_destruction, given_up, house.product_manager, packs=1)
    step(house, withdraw_destruction, given_up, house.keeper, reason="看错了")
    for one, packs in ((kept, 12), (sent, 3)):
        step(house, verify_destruction, one, house.product_manager, packs=packs)
    no = partial(step, house, decide_destruction)
    with pytest.raises(Invalid):
        no(kept, house.leader, decision=DestructionState.REJECTED, reason=" ")
    with pytest.raises(Invalid):
        no(kept, house.leader, decision=DestructionState.CLOSED, reason="跳过")
    no(kept, house.leader, decision=DestructionState.REJECTED, reason="先和厂家谈")
    assert amounts("OLD") == {"good": (12, 0)}
    no(sent, house.leader, decision=DestructionState.TO_MAKER, reason="厂家包退")
    assert amounts("NEW") == {"good": (16, 0), "damaged": (4, 3)}, "held until it leaves"
    with pytest.raises(Invalid):
        step(house, send_back, sent, house.keeper, note="")
    step(house, send_back, sent, house.keeper, note="顺丰 SF100")
    assert amounts("NEW") == {"good": (16, 0), "damaged": (1, 0)}
    assert Move.objects.get(kind="maker_return").quantity == -3
    assert [state(one) for one in (kept, sent, given_up)] == ["rejected", "sent_back", "withdrawn"]
    assert causes(house) == {"OLD": ("expired", 12), "NEW": ("damaged", 1)}, "who was told no may ask again"
    assert queries.drift() == []


@pytest.mark.django_db
@pytest.mark.req("STK-011")
def test_found_in_a_count_recalled_or_too_warm(house, beijing):
    sheet = open_stocktake(warehouse=beijing, by=house.keeper, at=house.at)
    line = sheet.lines.get(balance__lot__code="NEW")
    with pytest.raises(Refused, match="现在只有 20"):
        found_bad(line=line, packs=21, reason="瓶裂", by=house.keeper, at=house.at)
    apart = found_bad(line=line, packs=5, reason="瓶裂", by=house.keeper, at=house.at)
    assert (apart.zone.code, amounts("NEW")) == ("WH-BJ-Q", {"good": (15, 0), "damaged": (5, 0)})
    recall(lot=Lot.objects.get(code="OTHER"), reason="厂家通知", by=house.product_manager, at=house.at)
    stock_in(beijing, [("N-017", "COLD", 10, JUNE)], by=house.keeper, at=house.at)
    cold = spot("COLD").zone
    log_reading(zone=cold, temperature=12, humidity=50, by=house.keeper, at=house.at)
    assert "COLD" not in causes(house), "nobody decided yet"
    held = HeldLot.objects.get(balance__lot__code="COLD")
    decide_held(held=held, decision=HeldDecision.DESTROY, reason="化了", by=house.keeper, at=house.at)
    assert causes(house) == {
        "OLD": ("expired", 12),
        "NEW": ("stocktake", 5),
        "OTHER": ("recalled", 9),
        "COLD": ("climate", 10),
    }
    assert causes(house, house.sh_doctor) == {}
    one = asked(house, "NEW", 5, "damaged", reason="瓶裂漏液")
    assert (one.cause, one.origin_id) == ("stocktake", one.held_id), "what was not good stays in its state"


@pytest.mark.django_db
@pytest.mark.req("STK-011")
def test_a_count_after_the_fire_does_not_take_the_goods_out_twice(house, beijing):
    one, short = asked(house, packs=8), asked(house, packs=4)
    approved(house, one, 8)
    approved(house, short, 4)
    burned(house, one)
    sheet = open_stocktake(warehouse=beijing, by=house.keeper, at=house.later)
    line = sheet.lines.get(balance=spot("OLD", "blocked"))
    keeper = {"by": house.keeper, "at": house.later}
    count_lines(stocktake=sheet, counted={line.pk: 4}, **keeper)
    line.refresh_from_db()
    assert line.variance == 0, "twelve in the book, eight of them burned"
    for by in (house.keeper, house.central_keeper):
        Grant.objects.get_or_create(
            user=by, role=Role.objects.get(code="branch_keeper"), node=house.bj, valid_from=date(2026, 1, 5)
        )
        count_lines(stocktake=sheet, counted={line.pk: 3}, by=User.objects.get(pk=by.pk), at=house.later)
    explain(line=line, explanation="已销毁，未核销", by=house.keeper, at=house.later)
    post_stocktake(stocktake=sheet, by=house.director, at=house.later)
    assert (queries.still_held(one), queries.still_held(short)) == (8, 3), "who burned it keeps what was burned"
    with pytest.raises(Refused, match="盘点后只剩 3 件"):
        burned(house, short)
    burnt = spot("OLD", "blocked")
    with pytest.raises(Refused, match="请重新数一遍"):
        adjust(balance=burnt, seen=11, counted=7, reason="翻到旧表", **keeper)
    assert adjust(balance=burnt, seen=3, counted=2, reason="又少一瓶", **keeper) == 10
    assert (queries.still_held(one), queries.still_held(short)) == (8, 2)
    step(house, withdraw_destruction, short, house.keeper, reason="盘亏了")
    attach_to(house, one, "signed_record")
    step(house, close_destruction, one, house.keeper)
    assert (amounts("OLD"), one.steps.get(kind="closed").packs) == ({"good": (2, 0)}, 8), "as they lie on the shelf"
    assert queries.drift() == []


@pytest.mark.django_db
@pytest.mark.req("STK-011")
def test_the_database_itself_keeps_order_and_two_people(house, beijing):
    one = asked(house)

    def put(kind, by, **more):
        with transaction.atomic():
            DestructionStep.objects.create(destruction=one, kind=kind, by=by, at=house.later, **more)

    with pytest.raises(DatabaseError, match="no step from requested to approved"):
        put("approved", house.leader)
    with pytest.raises(IntegrityError, match="one_hand_each"):
        put("verified", house.keeper, packs=12)
    put("verified", house.product_manager, packs=12)
    with pytest.raises(IntegrityError, match="one_hand_each"):
        put("approved", house.keeper)
    with pytest.raises(IntegrityError, match="end_says_why"):
        put("rejected", house.leader)
    put("approved", house.leader)
    told = {"method": "burned", "place": "院里"}
    for witness in (None, house.keeper):
        with pytest.raises(IntegrityError, match="before_two_people"):
            put("destroyed", house.keeper, witness=witness, **told)
    with pytest.raises(DatabaseError, match="no step from approved to closed"):
        put("closed", house.keeper, packs=12)
    for change in (one.steps.all().delete, lambda: Destruction.objects.filter(pk=one.pk).update(packs=1)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    held = Balance.objects.get(pk=one.held_id)
    with pytest.raises(Forbidden):
        asked(house, by=house.manager)
    with pytest.raises((Forbidden, OutOfScope)):
        step(house, withdraw_destruction, one, house.director, reason="不行")
    adjust(balance=held, seen=12, counted=11, reason="少一盒", by=house.keeper, at=house.later)
    assert queries.still_held(one) == 11, "a fact takes even what is set aside"


@pytest.mark.django_db
@pytest.mark.req("STK-009")
def test_packs_that_wait_to_be_destroyed_are_not_released_for_others(house, beijing):
    stock_in(beijing, [("N-017", "COLD", 10, JUNE)], by=house.keeper, at=house.at)
    log_reading(zone=spot("COLD").zone, temperature=12, humidity=50, by=house.keeper, at=house.at)
    held = HeldLot.objects.get(balance__lot__code="COLD")
    recall(lot=Lot.objects.get(code="COLD"), reason="厂家通知", by=house.product_manager, at=house.at)
    assert "COLD" not in causes(house), "what a breach holds is decided about first"
    stock_in(beijing, [("N-017", "COLD", 5, JUNE)], by=house.keeper, at=house.at)
    asked(house, "COLD", 5)
    adjust(balance=spot("COLD", "blocked"), seen=15, counted=12, reason="少三盒", by=house.keeper, at=house.later)
    assert amounts("COLD") == {"blocked": (12, 5)}
    with pytest.raises(Refused, match="请先核对库存"):
        decide_held(held=held, decision=HeldDecision.RELEASED, reason="还能用", by=house.keeper, at=house.later)
    assert amounts("COLD") == {"blocked": (12, 5)}


@pytest.mark.django_db
@pytest.mark.req("STK-009")
def test_each_line_has_a_state_and_only_good_stock_is_picked(house, beijing):
    oil = Product.objects.get(code="N-014")
    for quality, packs in ((Quality.DAMAGED, 3), (Quality.BLOCKED, 2)):
        change_quality(balance=spot("NEW"), packs=packs, quality=quality, reason="挤压", by=house.keeper, at=house.at)
    assert amounts("NEW") == {"good": (15, 0), "damaged": (3, 0), "blocked": (2, 0)}
    assert queries.amount(oil, beijing, house.later).free == 15, "past its end, damaged, blocked: none of it counts"
    with pytest.raises(Refused, match="可用 15"):
        issue(warehouse=beijing, lines=[(oil, 16)], purpose="领用", by=house.keeper, at=house.later)
    slip = issue(warehouse=beijing, lines=[(oil, 15)], purpose="领用", by=house.keeper, at=house.later)
    assert {(line.balance.quality, line.lot.code) for line in slip.lines.all()} == {("good", "NEW")}
    assert amounts("NEW") == {"damaged": (3, 0), "blocked": (2, 0)}
    with pytest.raises(IntegrityError, match="balance_once"), transaction.atomic():
        Balance.objects.create(
            warehouse=beijing, product=oil, zone=spot("NEW", "damaged").zone, lot=Lot.objects.get(code="NEW"), quality="damaged"
        )  # fmt: skip
