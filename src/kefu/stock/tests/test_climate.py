"""The cold store gets warm: readings by hand, by loggers and by files; goods are held, people close it and decide."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.foundation.events import bus
from kefu.foundation.exchange import specs
from kefu.foundation.exchange.running import import_file
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.notices.models import Notice
from kefu.foundation.slots.registry import slots
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import (
    Arrival,
    Given,
    close_breach,
    decide_held,
    issue,
    log_reading,
    log_readings,
    move_zone,
    receive,
    watch_loggers,
)
from kefu.stock.choices import BreachCause, HeldDecision
from kefu.stock.climate_rules import Measured, Stretch, out_since
from kefu.stock.events import ReservationLost
from kefu.stock.models import Balance, ClimateBreach, ClimateReading, HeldLot, Zone
from kefu.stock.testing import stock_in
from kefu.stock.tests.test_reserving import set_aside
from kefu.testing.races import at_once
from kefu.testing.scenes import scene

JUNE = date(2027, 6, 30)


@scene
def cold(shop, beijing):
    return Zone.objects.get(code="WH-BJ-C")


@scene
def goods(shop, beijing, cold):
    product = Product.objects.filter(storage=cold.storage).order_by("code").first()
    stock_in(beijing, [(product.code, "COLD-1", 10, JUNE), ("N-014", "DA", 5, JUNE)], by=shop.keeper, at=shop.at)
    return product


def measured(at, low, high, *, minutes=10, humidity=(50, 60)):
    return Measured(at - timedelta(minutes=minutes), at, Decimal(low), Decimal(high), *map(Decimal, humidity))


def sent(shop, zone, *rows, at=None, logger="L-01"):
    return log_readings(readings=[Given(zone, row) for row in rows], logger=logger, by=shop.keeper, at=at or shop.at)


def by_hand(shop, zone, temperature, humidity=55, at=None):
    return log_reading(
        zone=zone, temperature=Decimal(temperature), humidity=Decimal(humidity), by=shop.keeper, at=at or shop.at
    )


def amounts(lot):
    return dict(Balance.objects.filter(lot__code=lot, quantity__gt=0).values_list("quality", "quantity"))


@pytest.mark.django_db
@pytest.mark.req("STK-008")
@pytest.mark.parametrize(
    ("zone", "temperature", "humidity", "matters"),
    [
        ("WH-BJ-N", "20", "45", []),
        ("WH-BJ-N", "25", "75", []),
        ("WH-BJ-N", "19.9", "50", ["temperature"]),
        ("WH-BJ-N", "25.1", "50", ["temperature"]),
        ("WH-BJ-N", "22", "44.9", ["humidity"]),
        ("WH-BJ-N", "22", "75.1", ["humidity"]),
        ("WH-BJ-C", "0", "45", []),
        ("WH-BJ-C", "4", "75", []),
        ("WH-BJ-C", "-0.1", "50", ["temperature"]),
        ("WH-BJ-C", "4.1", "80", ["humidity", "temperature"]),
    ],
)
def test_bounds_of_each_zone(shop, beijing, zone, temperature, humidity, matters):
    by_hand(shop, Zone.objects.get(code=zone), temperature, humidity)
    assert sorted(ClimateBreach.objects.values_list("matter", flat=True)) == matters


@pytest.mark.django_db
@pytest.mark.req("STK-008")
def test_too_warm_and_the_goods_are_held_until_somebody_decides(shop, beijing, cold, goods, monkeypatch):
    heard = []
    monkeypatch.setitem(bus._subscribers, ReservationLost, [heard.append])
    set_aside(warehouse=beijing, product=goods, packs=4, number=3, by=shop.keeper, at=shop.at)
    by_hand(shop, cold, "7.5")
    breach = ClimateBreach.objects.get()
    assert (breach.opened_at, breach.lowest, breach.highest, breach.back_at) == (
        shop.at,
        Decimal("7.5"),
        Decimal("7.5"),
        None,
    )
    assert [(one.subject_id, one.packs) for one in heard] == [(3, 4)]
    assert (amounts("COLD-1"), amounts("DA")) == ({"blocked": 10}, {"good": 5})
    with pytest.raises(Refused):
        issue(warehouse=beijing, lines=[(goods, 1)], purpose="用", by=shop.keeper, at=shop.at)
    told = Notice.objects.filter(code="stock.breach")
    assert {one.user for one in told} == {shop.keeper, shop.central_keeper, shop.product_manager}
    assert {one.link for one in told} == {f"/stock/climate/breaches/{breach.pk}/"}
    held = HeldLot.objects.get()
    with pytest.raises(Refused, match="没有恢复"):
        close_breach(breach=breach, cause=BreachCause.RESTORED, reason="修好了", by=shop.keeper, at=shop.at)
    later = shop.at + timedelta(hours=1)
    by_hand(shop, cold, "3", at=later)
    by_hand(shop, cold, "3.5", at=later + timedelta(hours=1))
    breach.refresh_from_db()
    assert (breach.back_at, breach.closed_at) == (later, None), "it is a person who closes it"
    with pytest.raises(Invalid):
        close_breach(breach=breach, cause=BreachCause.RESTORED, reason=" ", by=shop.keeper, at=later)
    close_breach(breach=breach, cause=BreachCause.RESTORED, reason="压缩机已修", by=shop.keeper, at=later)
    with pytest.raises(Refused, match="已经处理过"):
        close_breach(breach=breach, cause=BreachCause.MISTAKE, reason="再来", by=shop.keeper, at=later)
    with pytest.raises(Forbidden):
        decide_held(held=held, decision=HeldDecision.RELEASED, reason="厂家说可以", by=shop.manager, at=later)
    decide_held(
        held=held, decision=HeldDecision.RELEASED, reason="厂家说一小时内可以", by=shop.product_manager, at=later
    )
    assert amounts("COLD-1") == {"good": 10}
    with pytest.raises(Refused, match="已经处理过"):
        decide_held(held=held, decision=HeldDecision.DESTROY, reason="改主意", by=shop.product_manager, at=later)
    assert queries.drift() == []


@pytest.mark.django_db
def test_what_goes_to_destruction_stays_blocked(shop, beijing, cold, goods):
    by_hand(shop, cold, "12")
    decide_held(held=HeldLot.objects.get(), decision=HeldDecision.DESTROY, reason="化了", by=shop.keeper, at=shop.at)
    assert amounts("COLD-1") == {"blocked": 10}
    assert HeldLot.objects.get().decision == "destroy"


@pytest.mark.django_db
@pytest.mark.req("STK-008")
def test_goods_do_not_go_into_a_zone_of_another_climate(shop, beijing, cold, goods):
    normal = Zone.objects.get(code="WH-BJ-N")
    with pytest.raises(Refused) as refusal:
        move_zone(
            balance=Balance.objects.get(lot__code="COLD-1"),
            packs=1,
            zone=normal,
            reason="腾地方",
            by=shop.keeper,
            at=shop.at,
        )
    assert refusal.value.code == "wrong_climate"
    with pytest.raises((Refused, Invalid)):
        receive(warehouse=beijing, arrivals=[Arrival(goods, "COLD-2", 3, JUNE, normal)], by=shop.keeper, at=shop.at)
    assert not Balance.objects.filter(zone=normal, product=goods).exists()


@pytest.mark.django_db
@pytest.mark.req("STK-008")
def test_a_logger_sends_a_batch_and_sends_it_again(shop, cold):
    at = shop.at
    rows = [measured(at - timedelta(minutes=10 * n), "2", "3.2") for n in range(5, 0, -1)]
    wrong = [
        measured(at + timedelta(hours=1), "2", "3"),
        measured(at, "2", "300"),
        measured(at, "3", "2"),
        measured(at, "2", "3", minutes=60 * 48),
        measured(at, "2", "3", humidity=(50, 101)),
    ]
    first = sent(shop, cold, *rows, *wrong)
    assert (first.taken, first.known) == (5, 0)
    assert first.refused == {5: "future", 6: "absurd", 7: "order", 8: "long", 9: "absurd"}
    again = sent(shop, cold, *rows, rows[0])
    assert (again.taken, again.known, again.refused) == (0, 6, {})
    assert ClimateReading.objects.count() == 5
    kept = ClimateReading.objects.latest("ended_at")
    assert (kept.temp_low, kept.temp_high, kept.humidity_low, kept.humidity_high) == (
        Decimal("2"),
        Decimal("3.2"),
        50,
        60,
    )
    assert not ClimateBreach.objects.exists()


@pytest.mark.django_db
def test_a_door_left_open_for_a_moment_is_no_breach_but_half_an_hour_is(shop, cold, goods):
    LimitValue.objects.create(
        code="stock.climate.tolerance", value=30, valid_from=shop.at.date(), set_by=shop.admin, set_at=shop.at
    )
    at = shop.at

    def step(n, high):
        return sent(shop, cold, measured(at + timedelta(minutes=10 * n), "3", high), at=at + timedelta(minutes=10 * n))

    for n, high in enumerate(("6", "3.5", "6", "6")):
        step(n, high)
    assert not ClimateBreach.objects.exists()
    step(4, "6.5")
    breach = ClimateBreach.objects.get()
    assert breach.opened_at == at + timedelta(minutes=10), "where the run began"
    assert amounts("COLD-1") == {"blocked": 10}
    step(5, "9")
    breach.refresh_from_db()
    assert (breach.lowest, breach.highest, HeldLot.objects.count()) == (Decimal(3), Decimal(9), 1)
    sent(shop, cold, measured(at - timedelta(days=1), "2", "11"), at=at + timedelta(hours=1))
    breach.refresh_from_db()
    assert breach.highest == 11, "what a logger kept for itself counts when it comes"


def test_where_a_run_began():
    from kefu.testing.cast import AT

    steps = [AT + timedelta(minutes=10 * n) for n in range(5)]
    assert out_since([]) is None
    assert out_since([Stretch(steps[0], steps[1], True), Stretch(steps[1], steps[2], False)]) is None
    run = [(0, True), (1, False), (2, True), (3, True)]
    assert out_since(Stretch(steps[n], steps[n + 1], out) for n, out in run) == steps[2]


@pytest.mark.django_db
@pytest.mark.req("STK-008")
def test_a_silent_logger_opens_a_breach_of_its_own_once(shop, cold, goods):
    sent(shop, cold, measured(shop.at, "2", "3"))
    by_hand(shop, Zone.objects.get(code="WH-BJ-N"), "22")
    assert watch_loggers(by=shop.system, at=shop.at + timedelta(minutes=59)) == 0
    late = shop.at + timedelta(minutes=60)
    assert (watch_loggers(by=shop.system, at=late), watch_loggers(by=shop.system, at=late)) == (1, 0)
    breach = ClimateBreach.objects.get()
    assert (breach.matter, breach.zone, breach.opened_at) == ("silence", cold, shop.at)
    assert amounts("COLD-1") == {"good": 10}, "silence alone holds nothing"
    close_breach(breach=breach, cause=BreachCause.SENSOR_LOST, reason="电池没电，换新", by=shop.keeper, at=late)
    assert watch_loggers(by=shop.system, at=late + timedelta(hours=5)) == 0, "the same silence was dealt with"
    sent(shop, cold, measured(late, "2", "3"), at=late)
    assert watch_loggers(by=shop.system, at=late + timedelta(hours=2)) == 1


@pytest.mark.django_db
def test_the_keeper_is_reminded_of_every_zone_twice_a_day(shop, beijing, cold):
    work = lambda at: [one.what for one in slots.work["stock.climate"](shop.keeper, at)]  # noqa: E731
    assert work(shop.at) == ["还有 3 个库区这半天没记温湿度"]
    by_hand(shop, cold, "3")
    assert work(shop.at) == ["还有 2 个库区这半天没记温湿度"]
    afternoon = shop.at.replace(hour=12)
    assert work(afternoon) == ["还有 3 个库区这半天没记温湿度"]
    by_hand(shop, cold, "9", at=afternoon)
    assert work(afternoon) == ["还有 2 个库区这半天没记温湿度", "WH-BJ-C 温度超出"]
    assert list(slots.work["stock.climate"](shop.manager, shop.at)) == []


@pytest.mark.django_db
def test_who_may_read_and_write_where(shop, beijing, central, cold, login):
    with pytest.raises(Forbidden):
        by_hand_as = log_reading(zone=cold, temperature=Decimal(3), humidity=Decimal(50), by=shop.manager, at=shop.at)
        assert by_hand_as
    with pytest.raises(OutOfScope):
        log_reading(
            zone=Zone.objects.get(code="WH-HQ-C"),
            temperature=Decimal(3),
            humidity=Decimal(50),
            by=shop.keeper,
            at=shop.at,
        )
    page = f"/stock/climate/zones/{Zone.objects.get(code='WH-HQ-C').pk}/"
    assert login(shop.keeper).get(page).status_code == 404
    assert login(shop.product_manager).get(page).status_code == 200
    assert login(shop.manager).get("/stock/climate/").status_code == 403


@pytest.mark.django_db
def test_on_the_screen_from_the_reading_to_the_decision(shop, beijing, cold, goods, login):
    keeper = login(shop.keeper)
    told = keeper.get("/stock/climate/").content.decode()
    assert "0–4 ℃，45–75 %" in told and "20–25 ℃" in told and "待记录" in told
    log = f"/stock/climate/zones/{cold.pk}/readings/"
    bad = keeper.post(log, {"temperature": "冷", "humidity": "50"})
    assert (bad.status_code, "要填数字" in bad.content.decode()) == (422, True)
    assert keeper.post(log, {"temperature": "999", "humidity": "50"}).status_code == 422
    answer = keeper.post(log, {"temperature": "8", "humidity": "50"}, follow=True).content.decode()
    assert "温度超出" in answer and "kf-range" in answer
    breach, held = ClimateBreach.objects.get(), HeldLot.objects.get()
    url = f"/stock/climate/breaches/{breach.pk}/"
    assert "COLD-1" in keeper.get(url).content.decode()
    assert keeper.post(url + "closing/", {"cause": "restored", "reason": "好了"}).status_code == 409
    assert keeper.post(url + "closing/", {"cause": "x", "reason": ""}).status_code == 422
    done = keeper.post(url + "closing/", {"cause": "moved", "reason": "移到备用冰柜"}, follow=True).content.decode()
    assert "货已移走" in done and "移到备用冰柜" in done
    assert keeper.post(f"{url}lots/{held.pk}/", {"decision": "x", "reason": "y"}).status_code == 404
    after = keeper.post(
        f"{url}lots/{held.pk}/", {"decision": "released", "reason": "厂家确认"}, follow=True
    ).content.decode()
    assert "放行：厂家确认" in after
    assert keeper.get("/stock/climate/?warehouse=NO").status_code == 404


@pytest.mark.django_db
def test_a_logger_over_the_api(shop, beijing, central, cold, program):
    send = program(shop.keeper)
    at = shop.at.isoformat()
    row = {
        "zone": "WH-BJ-C", "began_at": (shop.at - timedelta(minutes=5)).isoformat(), "ended_at": at,
        "temp_low": 2.5, "temp_high": "3.25", "humidity_low": 50, "humidity_high": 60,
    }  # fmt: skip
    body = {"logger": "L-07", "readings": [row, row | {"zone": "WH-HQ-C"}, row | {"temp_high": 500}]}
    status, told, _answer = send("POST", "climate-readings", body)
    assert (status, told["taken"], told["known"]) == (200, 1, 0)
    assert [(one["row"], one["code"]) for one in told["refused"]] == [(1, "unknown"), (2, "absurd")]
    assert send("POST", "climate-readings", body)[1]["known"] == 1
    assert send("POST", "climate-readings", {"logger": "L", "readings": []})[0] == 422
    assert send("POST", "climate-readings", body | {"logger": "x" * 41})[0] == 422
    assert program(shop.manager)("POST", "climate-readings", body)[0] == 403
    early, later = ((shop.at + timedelta(minutes=n)).isoformat() for n in (-20, 1))
    send(
        "POST", "climate-readings", body | {"readings": [row | {"began_at": early, "ended_at": later, "temp_high": 20}]}
    )
    items = send("GET", "climate-breaches?warehouse=WH-BJ")[1]["items"]
    assert [(one["zone"], one["matter"], one["closed_at"]) for one in items] == [("WH-BJ-C", "temperature", None)]


@pytest.mark.django_db
def test_a_file_of_a_logger(shop, cold):
    head = "库区编码,记录仪,从,到,最低温度,最高温度,最低湿度,最高湿度\n"
    good = "WH-BJ-C,L-09,2026-11-23 08:00,2026-11-23 08:30,2,3.5,50,60\n"
    bad = "WH-BJ-C,L-09,,2026-11-24 08:00,2,3,50,60\nNOPE,L-09,,2026-11-23 08:40,2,3,50,60\nWH-BJ-C,L-09,,昨天,2,warm,50,60\n"
    run = import_file(
        spec=specs.find("climate"), content=(head + good + bad).encode(), name="记录仪.csv", mode="good", by=shop.keeper, at=shop.at
    )  # fmt: skip
    assert (run.result["created"], run.result["bad"]) == (1, 3)
    assert {(one["row"], one["code"]) for one in run.result["errors"]} >= {
        (3, "future"),
        (4, "unknown"),
        (5, "moment"),
        (5, "number"),
    }
    assert ClimateReading.objects.get().temp_high == Decimal("3.5")


@pytest.mark.django_db
def test_a_long_batch_costs_the_statements_of_a_short_one(shop, cold, goods):
    def cost(first, count, high):
        at = shop.at + timedelta(days=first)
        rows = [measured(at + timedelta(minutes=n), "2", high, minutes=1) for n in range(count)]
        with CaptureQueriesContext(connection) as seen:
            sent(shop, cold, *rows, at=at + timedelta(days=1), logger=f"L-{first}")
        return len(seen)

    cost(0, 1, "3")
    assert cost(1, 400, "3") == cost(2, 1, "3")
    cost(3, 30, "9")
    assert cost(4, 400, "9") == cost(5, 1, "9")


@pytest.mark.django_db(transaction=True)
def test_two_loggers_in_one_zone_open_one_breach_and_hold_once(shop, beijing, cold, goods):
    def send(number):
        return sent(shop, cold, measured(shop.at, "5", "9", minutes=20), logger=f"L-{number}")

    def pick(number):
        return issue(warehouse=beijing, lines=[(goods, 1)], purpose=f"第 {number} 位", by=shop.keeper, at=shop.at)

    got = at_once([*(partial(send, n) for n in range(3)), *(partial(pick, n) for n in range(3))])
    assert Counter(type(one).__name__ for one in got)["Logged"] == 3, got
    assert {type(one).__name__ for one in got} <= {"Logged", "IssueSlip", "Refused"}
    assert ClimateBreach.objects.count() == 1
    left = sum(1 for one in got[3:] if type(one).__name__ == "IssueSlip")
    assert amounts("COLD-1") == {"blocked": 10 - left}
    assert queries.drift() == []
