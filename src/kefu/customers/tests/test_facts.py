"""What colleagues know of a customer before the first word: warnings, special care, the business card, days of life, who may be told what."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from kefu.customers.actions import add_family, check_identity, end_family
from kefu.customers.actions.facts import allow_telling, file_card, note_day, reveal_card, save_card, strike_day
from kefu.customers.actions.flags import end_flag, note_incident, set_flag
from kefu.customers.cautions import all_cautions
from kefu.customers.choices import FlagKind, Topic
from kefu.customers.models import BusinessCard, Customer, Flag
from kefu.customers.queries.facts import coming_days, confidants, may_be_told
from kefu.customers.rights import AUTHORISED
from kefu.customers.tests.factories import archive
from kefu.foundation.audit.models import AuditEntry
from kefu.journey.tests.walking import start_walk
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.sales import actions as sales
from kefu.sales.models import Purchase

TODAY = date(2026, 11, 23)
CARD = {"shop_name": "示安照相馆", "contact_person": "白示安", "phone": "10000000088", "address": "朝阳路 1 号", "agreed_price": "证件照 8 元一版",
        "payment": "monthly", "priority": "key"}  # fmt: skip


@pytest.mark.req("CUS-033")
def test_a_caution_after_unreasonable_behaviour_is_seen_before_the_first_word(cast, login):
    customer = archive(cast)
    with pytest.raises(Forbidden):
        set_flag(customer=customer, kind="unreasonable", reason="辱骂前台", by=cast.manager, at=cast.at)
    with pytest.raises(Invalid):
        set_flag(customer=customer, kind="unreasonable", reason=" ", by=cast.director, at=cast.at)
    flag = set_flag(customer=customer, kind="unreasonable", reason="辱骂前台", by=cast.director, at=cast.at)
    html = login(cast.manager).get(reverse("customers:page", args=[customer.pk])).content.decode()
    assert "有过无理行为，请留意：辱骂前台" in html
    with pytest.raises(Refused):
        set_flag(customer=customer, kind="unreasonable", reason="又来", by=cast.director, at=cast.at)
    end_flag(flag=flag, reason="已道歉", by=cast.director, at=cast.at)
    assert "辱骂前台" not in login(cast.manager).get(reverse("customers:page", args=[customer.pk])).content.decode()
    assert "已道歉" in login(cast.manager).get(reverse("customers:tab", args=[customer.pk, "facts"])).content.decode()


@pytest.mark.req("CUS-033")
def test_refuse_to_sell_stops_the_next_purchase_and_says_why(cast, login):
    walk = start_walk(cast).to("interpretation")
    set_flag(customer=walk.customer, kind="unreasonable", reason="上次辱骂前台", by=cast.director, at=walk.at)
    url = reverse("sales:new", args=[walk.customer.pk])
    assert "上次辱骂前台" in login(cast.doctor).get(url).content.decode()
    with pytest.raises(Forbidden):
        set_flag(customer=walk.customer, kind="refuse_to_sell", reason="多次退货", by=cast.doctor, at=walk.at)
    flag = set_flag(customer=walk.customer, kind="refuse_to_sell", reason="多次恶意退货", by=cast.director, at=walk.at)
    with pytest.raises(Refused) as refused:
        sales.prescribe(customer=walk.customer, doctor=cast.doctor, products=[], by=cast.doctor, at=walk.at)
    assert refused.value.code == "refuse_to_sell"
    assert "多次恶意退货" in str(refused.value)
    assert not Purchase.objects.exists()
    end_flag(flag=flag, reason="谈妥了", by=cast.director, at=walk.at)
    with pytest.raises(Invalid):
        sales.prescribe(customer=walk.customer, doctor=cast.doctor, products=[], by=cast.doctor, at=walk.at)


@pytest.mark.req("CUS-034")
def test_special_care_and_an_incident_with_its_guide(cast, login):
    customer = archive(cast)
    browser = login(cast.manager)
    for kind in ("elderly", "disabled", "reduced_mobility", "technical"):
        given = {"kind": kind, "reason": "需要照顾"}
        assert browser.post(reverse("customers:flags", args=[customer.pk]), given).status_code == 302
    assert set(Flag.objects.values_list("kind", flat=True)) == {"elderly", "disabled", "reduced_mobility", "technical"}
    html = browser.get(reverse("customers:page", args=[customer.pk])).content.decode()
    for words in ("老年人", "残障人士", "行动不便", "技术型客户"):
        assert words in html
    url = reverse("customers:incidents", args=[customer.pk])
    assert browser.post(url, {"state": "drunk", "happened": "在大厅吵闹", "done": ""}).status_code == 422
    assert browser.post(url, {"state": "drunk", "happened": "在大厅吵闹", "done": "请家人接回"}).status_code == 302
    html = browser.get(reverse("customers:tab", args=[customer.pk, "facts"])).content.decode()
    for words in ("醉酒", "在大厅吵闹", "请家人接回", "先联系监护人或家人到场"):
        assert words in html
    agent = login(cast.service).get(reverse("customers:tab", args=[customer.pk, "facts"])).content.decode()
    assert "老年人" in agent
    assert "在大厅吵闹" not in agent
    with pytest.raises(OutOfScope):
        note_incident(customer=customer, state="drunk", happened="x", done="y", by=cast.sh_manager, at=cast.at)


def test_nobody_is_shown_a_form_that_would_be_refused(cast, login):
    customer = archive(cast)
    set_flag(customer=customer, kind="unreasonable", reason="辱骂前台", by=cast.director, at=cast.at)
    url = reverse("customers:tab", args=[customer.pk, "facts"])
    pages = {who: login(getattr(cast, who)).get(url).content.decode() for who in ("manager", "director", "service")}
    offered = {who: [kind for kind in FlagKind if f'<option value="{kind}"' in html] for who, html in pages.items()}
    assert offered == {
        "manager": [kind for kind in FlagKind if kind not in AUTHORISED], "director": sorted(AUTHORISED, key=list(FlagKind).index), "service": [],
    }  # fmt: skip
    assert ["取消标记…" in html for html in pages.values()] == [False, True, False]
    assert ["记录特殊情形…" in html for html in pages.values()] == [True, True, True]


@pytest.mark.req("CUS-031")
def test_a_business_card_is_filed_by_the_supervisor_until_it_changes(cast, login):
    customer = archive(cast)
    browser = login(cast.manager)
    url = reverse("customers:business_card", args=[customer.pk])
    assert browser.post(url, CARD | {"shop_name": ""}).status_code == 422
    assert browser.post(url, CARD).status_code == 302
    card = BusinessCard.objects.get()
    assert {name: getattr(card, name) for name in CARD} == CARD
    with pytest.raises(Forbidden):
        file_card(card=card, by=cast.manager, at=cast.at)
    file_card(card=card, by=cast.director, at=cast.at)
    save_card(customer=customer, values=CARD | {"phone": ""}, by=cast.manager, at=cast.at)
    assert BusinessCard.objects.get().filed_by == cast.director
    save_card(customer=customer, values=CARD | {"priority": "special"}, by=cast.manager, at=cast.at)
    assert BusinessCard.objects.get().filed_at is None
    html = browser.get(reverse("customers:tab", args=[customer.pk, "facts"])).content.decode()
    assert "特殊客户" in html
    assert "10000000088" not in html
    assert reveal_card(card=card, purpose="催单", by=cast.manager, at=cast.at) == "10000000088"
    assert AuditEntry.objects.get(code="customers.contact.revealed").reason == "催单"


@pytest.mark.req("CUS-032", part="life events")
def test_days_of_life_are_told_before_they_come(cast):
    customer = archive(cast)
    birthday = note_day(customer=customer, kind="birthday", on=date(1985, 12, 1), by=cast.manager, at=cast.at)
    note_day(customer=customer, kind="wedding", on=date(2012, 5, 20), note="在三亚", by=cast.manager, at=cast.at)
    note_day(customer=customer, kind="engagement", on=date(2012, 2, 29), by=cast.manager, at=cast.at)
    with pytest.raises(Refused):
        note_day(customer=customer, kind="birthday", on=date(1985, 12, 1), by=cast.manager, at=cast.at)
    assert [(event.kind, day) for event, day in coming_days(customer, TODAY, 30)] == [("birthday", date(2026, 12, 1))]
    assert [day for _event, day in coming_days(customer, date(2027, 2, 1), 30)] == [date(2027, 2, 28)]
    strike_day(event=birthday, by=cast.manager, at=cast.at)
    assert coming_days(customer, TODAY, 30) == []


def test_who_may_be_told_what(cast):
    customer = archive(cast)
    proxy = add_family(customer=customer, relation="child", name="白示宁", proxy=True, by=cast.manager, at=cast.at)
    other = add_family(customer=customer, relation="sibling", name="白示和", by=cast.manager, at=cast.at)
    assert not may_be_told(proxy, Topic.BOOKING, TODAY)
    with pytest.raises(Refused):
        allow_telling(link=other, topics=["booking"], note="说好的", by=cast.manager, at=cast.at)
    with pytest.raises(Invalid):
        allow_telling(link=proxy, topics=["booking"], note="", by=cast.manager, at=cast.at)
    allow_telling(link=proxy, topics=["booking", "money"], note="委托书", by=cast.manager, at=cast.at)
    assert may_be_told(proxy, Topic.BOOKING, TODAY)
    assert not may_be_told(proxy, Topic.REPORT, TODAY)
    assert not may_be_told(other, Topic.BOOKING, TODAY)
    (one,) = confidants(customer, TODAY)
    assert (one.name, one.topics, one.ground) == ("白示宁", [Topic.BOOKING, Topic.MONEY], "委托书")
    allow_telling(link=proxy, topics=[], note="客户收回", by=cast.manager, at=cast.at)
    assert not may_be_told(proxy, Topic.BOOKING, TODAY)


@pytest.mark.req("CUS-037")
def test_a_caller_of_the_family_is_checked_and_the_page_says_what_may_be_told(cast, login):
    customer = archive(cast)
    proxy = add_family(customer=customer, relation="child", name="白示宁", proxy=True, by=cast.manager, at=cast.at)
    stranger = add_family(customer=archive(cast, "陶映川", "10000000018"), relation="sibling", name="白示和", by=cast.manager, at=cast.at)  # fmt: skip
    browser, url = login(cast.service), reverse("customers:identity_checks", args=[customer.pk])
    page = reverse("customers:page", args=[customer.pk])
    assert "白示宁 子女" in browser.get(page).content.decode()
    assert browser.post(url, {"link": stranger.pk, "method": "callback", "result": "passed"}).status_code == 422
    assert browser.post(url, {"link": proxy.pk, "method": "callback", "result": "passed"}).status_code == 302
    html = browser.get(page).content.decode()
    assert "已核实 白示宁，什么都不能告知" in html
    assert "核对家人白示宁的身份：回拨登记号码，已核实" in html
    allow_telling(link=proxy, topics=["booking", "money"], note="委托书", by=cast.manager, at=cast.at)
    html = browser.get(page).content.decode()
    assert "可以告诉：预约、费用" in html
    assert "什么都不能告知" not in html
    with pytest.raises(Invalid):
        check_identity(customer=customer, link=stranger, method="known", result="passed", by=cast.service, at=cast.at)


def test_the_guardian_of_a_minor_is_told_everything_until_the_minor_is_of_age(cast):
    customer = archive(cast)
    Customer.objects.filter(pk=customer.pk).update(birth_date=date(2012, 1, 1))
    customer.refresh_from_db()
    assert [str(one.text) for one in all_cautions(customer, cast.at)] == ["未成年，还没有登记监护人"]
    link = add_family(customer=customer, relation="parent", name="白示宁", guardian=True, by=cast.manager, at=cast.at)
    assert all_cautions(customer, cast.at) == []
    assert may_be_told(link, Topic.REPORT, date(2029, 12, 31))
    assert not may_be_told(link, Topic.REPORT, date(2030, 1, 1))


@pytest.mark.req("CUS-037")
def test_whoever_is_no_proxy_any_longer_is_told_nothing_though_it_was_allowed(cast):
    customer = archive(cast)
    link = add_family(customer=customer, relation="child", name="白示宁", proxy=True, by=cast.manager, at=cast.at)
    allow_telling(link=link, topics=["booking"], note="委托书", by=cast.manager, at=cast.at)
    assert may_be_told(link, Topic.BOOKING, cast.at.date())
    end_family(link=link, reason="委托取消", by=cast.manager, at=cast.at)
    link.refresh_from_db()
    assert not may_be_told(link, Topic.BOOKING, cast.at.date())


def test_severe_flags_come_with_their_reason_and_care_without_alarm(cast):
    customer = archive(cast)
    for kind in (FlagKind.ELDERLY, FlagKind.INCAPACITY):
        set_flag(customer=customer, kind=kind, reason="见病历", by=cast.manager, at=cast.at + timedelta(hours=1))
    assert [(str(one.text), one.severe) for one in all_cautions(customer, cast.at)] == [
        ("老年人：见病历", False),
        ("不具备完全行为能力：见病历", True),
    ]
