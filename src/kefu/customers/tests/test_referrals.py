"""Old customers bring new ones: who brought whom, when one asks, and the thanks that no spending buys (CUS-026, CUS-027)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kefu.customers.actions import assign_owner
from kefu.customers.actions.referrals import add_plan, note_moment, refer, reward, settle_prompt, step_referral
from kefu.customers.models import Customer, Referral, ReferralPrompt, Reward, RewardPlan
from kefu.customers.queries.reading import total_spending
from kefu.customers.queries.referrals import referrals, totals
from kefu.customers.referrals_tab import asked, referrals_url
from kefu.customers.tests.factories import archive
from kefu.journey.tests.walking import SURVEY, start_walk
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import User

TODAY = date(2026, 11, 23)


@pytest.fixture
def friends(cast):
    return [archive(cast, f"白示{name}", f"1381234602{place}") for place, name in enumerate("安宁和")]


@pytest.mark.req("CUS-026")
def test_who_brought_whom_when_and_what_came_of_it(cast, login, friends):
    first, second, third = friends
    browser = login(cast.manager)
    url = reverse("customers:referring", args=[first.pk])
    assert browser.post(url, {"referred": str(second.pk), "on": "2026-11-20"}).status_code == 302
    refer(referrer=first, referred=second, on=TODAY, by=cast.manager, at=cast.at)
    referral = refer(referrer=first, referred=third, on=TODAY, by=cast.manager, at=cast.at)
    with pytest.raises(Refused):
        refer(referrer=first, referred=third, on=TODAY, by=cast.manager, at=cast.at)
    with pytest.raises(Invalid):
        refer(referrer=first, referred=first, on=TODAY, by=cast.manager, at=cast.at)
    with pytest.raises(Invalid):
        refer(referrer=first, referred=third, on=TODAY + timedelta(days=1), by=cast.manager, at=cast.at)
    found = totals(referrals(cast.manager))
    assert (found.occasions, found.persons) == (3, 2)
    with pytest.raises(Invalid):
        step_referral(referral=referral, status="closed", by=cast.manager, at=cast.at)
    step_referral(referral=referral, status="visited", by=cast.manager, at=cast.at)
    step_referral(referral=referral, status="closed", result="买了全套检测", by=cast.manager, at=cast.at)
    assert [step.status for step in referral.steps.all()] == ["closed", "visited", "named"]
    html = browser.get(reverse("customers:tab", args=[first.pk, "referrals"])).content.decode()
    for words in ("白示宁", "白示和", "买了全套检测", "共 3 次，2 人"):
        assert words in html
    html = browser.get(reverse("customers:referrals"), {"status": "closed"}).content.decode()
    assert "共 1 次，1 人" in html
    assert "白示宁" not in html


@pytest.mark.req("CUS-027")
def test_the_owner_is_reminded_at_the_three_moments(cast, login):
    walk = start_walk(cast).to("product_ordered")
    prompt = ReferralPrompt.objects.get()
    assert (prompt.customer, prompt.moment, prompt.state) == (walk.customer, "purchase", "open")
    told = list(asked(User.objects.get(pk=cast.manager.pk), walk.at))
    assert [(item.customer_name, item.what) for item in told] == [(walk.customer.name, "购买")]
    assert list(asked(User.objects.get(pk=cast.manager2.pk), walk.at)) == []
    settle_prompt(prompt=prompt, state="declined", note="以后再说", by=cast.manager, at=walk.at)
    with pytest.raises(Refused):
        settle_prompt(prompt=prompt, state="declined", by=cast.manager, at=walk.at)
    answer = login(cast.service).post(reverse("customers:moments", args=[walk.customer.pk]), {"moment": "praise"})
    assert answer.status_code == 302
    note_moment(customer=walk.customer, moment="recognition", by=cast.service, at=walk.at)
    assert [(one.moment, one.state) for one in ReferralPrompt.objects.order_by("pk")] == [
        ("purchase", "declined"),
        ("praise", "open"),
    ]
    friend = archive(cast, "白示安", "13812346021")
    refer(referrer=walk.customer, referred=friend, on=walk.at.date(), by=cast.manager, at=walk.at)
    assert ReferralPrompt.objects.get(moment="praise").state == "referred"


@pytest.mark.req("CUS-027")
def test_a_wholly_satisfied_answer_is_such_a_moment(cast, monkeypatch):
    walk = start_walk(cast).to("product_dispatched")
    ReferralPrompt.objects.update(state="passed", settled_by=cast.manager, settled_at=walk.at)
    with monkeypatch.context() as patch:
        patch.setitem(SURVEY, "VISIT_02", "1")
        walk.surveyed()
    assert not ReferralPrompt.objects.filter(state="open").exists()
    walk.surveyed()
    assert ReferralPrompt.objects.get(state="open").moment == "recognition"


@pytest.mark.req("CUS-027")
def test_the_thanks_do_not_depend_on_spending(cast, login, friends):
    first, second, _third = friends
    director = login(cast.director)
    form = {
        "name": "老带新",
        "benefit": "免费复检一次",
        "earned_at": "visited",
        "node": cast.bj.pk,
        "valid_from": "2026-11-01",
        "valid_to": "",
    }
    assert director.post(reverse("customers:referral_plans"), form | {"benefit": ""}).status_code == 422
    assert director.post(reverse("customers:referral_plans"), form).status_code == 302
    assert "免费复检一次" in director.get(reverse("customers:referral_plans")).content.decode()
    later = add_plan(
        node=cast.bj,
        name="明年",
        benefit="礼品",
        earned_at="named",
        valid_from=date(2027, 1, 1),
        by=cast.director,
        at=cast.at,
    )
    referral = refer(referrer=first, referred=second, on=TODAY, by=cast.manager, at=cast.at)
    plan = later.__class__.objects.get(name="老带新")
    with pytest.raises(OutOfScope):
        reward(referral=referral, plan=later, by=cast.manager, at=cast.at)
    with pytest.raises(Refused) as early:
        reward(referral=referral, plan=plan, by=cast.manager, at=cast.at)
    assert early.value.code == "not_earned"
    step_referral(referral=referral, status="visited", by=cast.manager, at=cast.at)
    assert total_spending(first) == 0
    url = reverse("customers:rewarding", args=[first.pk, referral.pk])
    assert login(cast.manager).post(url, {"plan": str(plan.pk)}).status_code == 302
    assert (Reward.objects.get().benefit, Reward.objects.get().referral.referrer) == ("免费复检一次", first)
    with pytest.raises(Refused) as again:
        reward(referral=referral, plan=plan, by=cast.manager, at=cast.at)
    assert again.value.code == "rewarded"
    assert "转介绍奖励：免费复检一次" in [line.item for line in first.timeline.all()]


def test_names_outside_the_scope_are_not_shown(cast, login, friends):
    first, second, _third = friends
    refer(referrer=first, referred=second, on=TODAY, by=cast.manager, at=cast.at)
    assign_owner(
        customer=Customer.objects.get(pk=second.pk),
        health_manager=cast.manager2,
        reason="分工",
        by=cast.director,
        at=cast.at,
    )
    browser = login(cast.manager)
    for url in (reverse("customers:referrals"), reverse("customers:tab", args=[first.pk, "referrals"])):
        html = browser.get(url).content.decode()
        assert "白示宁" not in html
        assert "不在您的范围内" in html
    with pytest.raises(OutOfScope):
        refer(
            referrer=first,
            referred=Customer.objects.get(pk=second.pk),
            on=date(2026, 11, 1),
            by=cast.manager,
            at=cast.at,
        )


def test_the_list_costs_the_same_for_one_and_for_twenty(cast, login, friends):
    browser, costs = login(cast.manager), []
    for number in range(20):
        refer(referrer=friends[0], referred=friends[1], on=TODAY - timedelta(days=number), by=cast.manager, at=cast.at)
        if number in (0, 19):
            with CaptureQueriesContext(connection) as queries:
                browser.get(reverse("customers:referrals"))
            costs.append(len(queries))
    assert costs[0] == costs[1]
    assert Referral.objects.count() == 20


def test_the_plan_of_the_day_somebody_was_brought_is_the_one_that_is_offered(cast, login, friends):
    first, second, _third = friends
    for name, begins, ends in (("秋天", TODAY - timedelta(days=90), TODAY - timedelta(days=30)), ("冬天", TODAY, None)):
        add_plan(
            node=cast.bj, name=name, benefit="礼品", earned_at="named", valid_from=begins, valid_to=ends, by=cast.director, at=cast.at
        )  # fmt: skip
    referral = refer(referrer=first, referred=second, on=TODAY - timedelta(days=40), by=cast.manager, at=cast.at)
    shown = login(cast.manager).get(referrals_url(first.pk)).content.decode()
    assert "秋天" in shown and "冬天" not in shown
    autumn, winter = (RewardPlan.objects.get(name=name) for name in ("秋天", "冬天"))
    with pytest.raises(OutOfScope):
        reward(referral=referral, plan=winter, by=cast.manager, at=cast.at)
    assert reward(referral=referral, plan=autumn, by=cast.manager, at=cast.at).benefit == "礼品"
