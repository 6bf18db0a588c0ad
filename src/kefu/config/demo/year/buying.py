"""Advice and purchase, parcel, satisfaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from kefu.config.demo.verbs import care, goods
from kefu.config.demo.year.agenda import Steps
from kefu.config.demo.year.house import pick
from kefu.config.demo.year.life import Life
from kefu.config.demo.year.meeting import referred
from kefu.config.demo.year.testing import waybill
from kefu.customers.actions.deals import check_deal, enter_deal
from kefu.customers.actions.referrals import reward
from kefu.customers.models import Source
from kefu.questionnaires.models import Questionnaire
from kefu.questionnaires.queries import published_version
from kefu.sales.queries import total_of
from kefu.surveys.actions import record_refusal
from kefu.surveys.choices import SurveyChannel

CONTRACT = Decimal(1000)
"""From so much on a contract is signed."""
MOODS = {
    "sat5": {"5": 46, "4": 38, "3": 11, "2": 4, "1": 1}, "yesno": {"1": 94, "0": 6},
    "nps": {"10": 20, "9": 30, "8": 30, "7": 12, "5": 8},
    "": {"regular": 62, "sometimes": 25, "reduced": 9, "stopped": 4},
}  # fmt: skip


def advised(life: Life, at: datetime) -> Steps:
    """The doctor advises products; two of three customers buy, the others are asked how satisfied they are all the same."""
    if life.barred or life.guardian or not life.happens(68):
        at = yield life.in_time(at, 2)
        care.skip(life.walk, at, reason=life.say("nothing_bought"))
        return (yield from asked(life, at, "visit"))
    at = yield from bought(life, at)
    return (yield from asked(life, at, "phone_product"))


def bought(life: Life, at: datetime) -> Steps:
    """From the prescription to the goods at the customer's."""
    intake = life.chance.choice(life.house.words["products"])
    at = yield at + timedelta(minutes=life.chance.randint(2, 6))
    goods.advise(life.walk, at, intake=intake)
    at = yield life.in_time(at, 1, late=6)
    goods.enter(life.walk, at, packs={code: life.chance.choice((1, 2, 2, 3, 3)) for code in intake})
    at = yield life.soon(at, 3, 25)
    goods.sign_purchase(life.walk, at)
    if total_of(life.walk.purchase) >= CONTRACT and life.happens(60):
        at = yield from _contracted(life, at)
    at = yield life.in_time(at, 1, late=7)
    if life.happens(55):
        goods.ship(life.walk, at)
    else:
        goods.ship(life.walk, at, mode="posted", carrier=life.say("carriers"), waybill=waybill(life))
    at = yield life.soon(at, 5, 15)
    _rewarded(life, at)
    return at


def _contracted(life: Life, at: datetime) -> Steps:
    """The contract is entered by the manager and checked by the director; it counts from then on."""
    purchase = life.walk.purchase
    at = yield life.soon(at, 4, 20)
    deal = enter_deal(
        customer=life.walk.customer, contract_number=f"HT-{purchase.number}", amount=total_of(purchase), signed_on=at.date(),
        source=Source.objects.get(code=life.walk.row["source"]), by=life.manager, at=at,
    )  # fmt: skip
    if life.happens(88):
        at = yield life.later(at, 0, 2)
        check_deal(deal=deal, contract_sound=True, channel_true=True, by=life.director, at=at)
    return at


def _rewarded(life: Life, at: datetime) -> None:
    """The referrer is thanked once the referred person has bought."""
    plan, referral = life.house.plans.get(life.centre), life.referral
    if referral is None:
        return
    referred(life, "closed", "已购买产品", at)
    life.referral_id = 0
    if plan is not None and plan.valid_from <= referral.on:
        by = life.house.walk_of(referral.referrer_id).person("manager")
        reward(referral=referral, plan=plan, by=by, at=at)


def asked(life: Life, at: datetime, survey: str) -> Steps:
    """An agent asks how satisfied the customer is; who is, may bring somebody."""
    at = yield life.in_time(at, 5, late=12)
    if life.happens(6):
        record_refusal(
            customer=life.walk.customer, survey=Questionnaire.objects.get(code=survey), reason=life.say("survey_refused"),
            channel=SurveyChannel.PHONE, by=life.house.people[life.agent()], at=at,
        )  # fmt: skip
        return at
    answers = _answers(life, survey)
    care.survey(life.walk, at, code=survey, answers=answers, by=life.agent())
    if life.happens(30) and not life.guardian:
        life.house.promoters.setdefault(life.centre, []).append(life.code)
    return at


def _answers(life: Life, survey: str) -> dict[str, object]:
    """Believable answers to whatever the survey asks; now and then in words."""
    answers: dict[str, object] = {}
    for question in published_version(survey).form.questions:
        if question.type == "text":
            if life.happens(14):
                answers[question.code] = life.chance.choice(life.house.words["suggestions"])["text"]
        elif question.required or life.happens(70):
            answers[question.code] = pick(life.chance, MOODS[question.scale])
    return answers
