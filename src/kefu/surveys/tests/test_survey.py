"""Customer service asks, the rate is computed, opinions find who must answer them."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import override

from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.notices.models import Notice
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.questionnaires.content import load as load_questionnaires
from kefu.questionnaires.models import Questionnaire, QuestionnaireVersion
from kefu.sales import actions as sales
from kefu.surveys import actions
from kefu.surveys.choices import SurveyChannel
from kefu.surveys.models import Opinion, Response
from kefu.surveys.queries import CandidateFilter, candidates, offered, open_opinions, rate, recent
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of, stocked_centre

PHONE = SurveyChannel.PHONE


@pytest.fixture
def survey(cast: Cast) -> Questionnaire:
    load_calendars(by=None, at=cast.at)
    load_questionnaires(by=cast.admin, at=cast.at)
    return Questionnaire.objects.get(code="visit")


@pytest.fixture
def customer(cast: Cast, survey: Questionnaire) -> Customer:
    return customer_of(cast)


VISIT = {
    "VISIT_01": "5",
    "VISIT_02": "3",
    "VISIT_03": "4",
    "VISIT_05": "0",
    "VISIT_06": "5",
    "VISIT_07": "1",
    "VISIT_08": "4",
}


@pytest.mark.req("SAT-001", part="rate")
@pytest.mark.req("CUS-007", part="surveys")
def test_the_rate_is_computed_and_the_response_lands_on_the_timeline(
    cast: Cast, customer: Customer, survey: Questionnaire
) -> None:
    made = actions.record_response(
        customer=customer, survey=survey, answers=VISIT, channel=PHONE, by=cast.service, at=cast.at
    )
    assert (made.satisfied, made.valid, made.rate) == (5, 6, Decimal("83.3"))  # 未使用 does not count as valid
    line = TimelineLine.objects.get(kind="survey")
    assert line.item == "到访满意度：5/6 项满意"


@pytest.mark.req("SAT-001", part="rate")
def test_thirty_very_and_eight_satisfied_of_forty_two_are_ninety_point_five(
    cast: Cast, customer: Customer, survey: Questionnaire
) -> None:
    given = ["5"] * 24 + ["4"] * 8 + ["3"] * 4  # and six times yes to VISIT_07 make thirty
    codes = ("VISIT_01", "VISIT_02", "VISIT_03", "VISIT_05", "VISIT_06", "VISIT_08")
    for number in range(6):
        answers = dict(zip(codes, given[number::6], strict=True)) | {"VISIT_07": "1"}
        actions.record_response(
            customer=customer, survey=survey, answers=answers, channel=PHONE, by=cast.service, at=cast.at + timedelta(days=number),
        )  # fmt: skip
    counted = rate(Response.objects.all())
    assert (counted.satisfied, counted.valid, counted.rate) == (38, 42, Decimal("90.5"))


@pytest.mark.req("SAT-001", part="opinions")
def test_an_opinion_goes_to_its_role_and_is_answered(cast: Cast, customer: Customer, survey: Questionnaire) -> None:
    answers = VISIT | {"VISIT_10": "等候太久，希望分时段预约"}
    actions.record_response(
        customer=customer, survey=survey, answers=answers, channel=PHONE, by=cast.service, at=cast.at
    )
    opinion = Opinion.objects.get()
    assert (opinion.role, opinion.text) == ("service_supervisor", "等候太久，希望分时段预约")
    assert Notice.objects.filter(user=cast.supervisor, code="surveys.opinion").count() == 1
    assert list(open_opinions(cast.supervisor)) == [opinion]
    assert not open_opinions(cast.manager).exists()
    with pytest.raises(Forbidden):
        actions.answer_opinion(opinion=opinion, answer="已改", by=cast.manager, at=cast.at)
    actions.answer_opinion(opinion=opinion, answer="下周起分时段预约，已电话告知", by=cast.supervisor, at=cast.at)
    opinion.refresh_from_db()
    assert (opinion.state, opinion.answer, opinion.answered_by) == (
        "answered",
        "下周起分时段预约，已电话告知",
        cast.supervisor,
    )
    told = TimelineLine.objects.filter(customer=customer, kind="survey").latest("pk")
    assert told.lines == ["等候太久，希望分时段预约", "下周起分时段预约，已电话告知"]
    with pytest.raises(Refused):
        actions.answer_opinion(opinion=opinion, answer="再答", by=cast.supervisor, at=cast.at)
    assert not open_opinions(cast.supervisor).exists()


def test_missing_and_impossible_answers_are_named_and_nothing_is_kept(
    cast: Cast, customer: Customer, survey: Questionnaire
) -> None:
    with pytest.raises(Invalid) as fault:
        actions.record_response(
            customer=customer, survey=survey, answers={"VISIT_01": "9"}, channel=PHONE, by=cast.service, at=cast.at
        )
    assert {item.field for item in fault.value.errors} == {
        "VISIT_01",
        "VISIT_02",
        "VISIT_03",
        "VISIT_06",
        "VISIT_07",
        "VISIT_08",
    }
    assert not Response.objects.exists()


def test_a_refusal_counts_in_no_rate(cast: Cast, customer: Customer, survey: Questionnaire) -> None:
    actions.record_refusal(
        customer=customer, survey=survey, reason="在开会", channel=PHONE, by=cast.service, at=cast.at
    )
    assert rate(Response.objects.all()).rate is None
    assert recent(customer, cast.at + timedelta(days=6), 7) is not None
    assert recent(customer, cast.at + timedelta(days=8), 7) is None


@pytest.mark.req("SAT-002")
def test_whom_to_ask_is_filtered_by_what_they_had_and_when(
    cast: Cast, customer: Customer, survey: Questionnaire
) -> None:
    stocked_centre(cast)
    other = customer_of(cast, name="陶映川", phone="10000000002", sex="male")
    oil = Product.objects.get(code="N-014")
    purchase = sales.prescribe(
        customer=customer, doctor=cast.doctor, products=[sales.Prescribed(oil, 2)], by=cast.doctor, at=cast.at
    )
    sales.enter_lines(purchase=purchase, lines=[sales.Line(oil, 1)], by=cast.manager, at=cast.at)
    sales.sign(purchase=purchase, by=cast.manager, at=cast.at)

    def found(**conditions: object) -> set[str]:
        return set(candidates(cast.service, CandidateFilter(**conditions)).values_list("name", flat=True))

    assert found() == {"沈知夏", "陶映川"}
    assert found(product_code="N-014") == {"沈知夏"}
    assert found(product_code="N-001") == set()
    assert found(start=date(2026, 11, 23), end=date(2026, 11, 24)) == {"沈知夏"}
    assert found(start=date(2026, 11, 24)) == set()
    assert found(node_id=cast.sh.pk) == set()
    assert found(doctor_id=cast.doctor.pk, manager_id=cast.manager.pk) == {"沈知夏", "陶映川"}
    actions.record_refusal(customer=other, survey=survey, reason="忙", channel=PHONE, by=cast.service, at=cast.at)
    assert found(not_asked_since=date(2026, 11, 1)) == {"沈知夏"}


def test_another_centre_cannot_ask(cast: Cast, customer: Customer, survey: Questionnaire) -> None:
    with pytest.raises(OutOfScope):
        actions.record_response(
            customer=customer, survey=survey, answers=VISIT, channel=PHONE, by=cast.sh_manager, at=cast.at
        )
    with pytest.raises(Forbidden):
        actions.record_response(
            customer=customer, survey=survey, answers=VISIT, channel=PHONE, by=cast.doctor, at=cast.at
        )


def test_the_agent_is_offered_what_is_asked_by_phone_and_the_manager_also_what_she_collects(
    cast: Cast, customer: Customer, login: Callable[[User], Client]
) -> None:
    by_phone = ["phone_product", "top_spender", "partner", "rework", "complaint"]
    assert list(offered(cast.service).values_list("code", flat=True)) == by_phone
    assert list(offered(cast.manager).values_list("code", flat=True)) == ["visit", *by_phone]
    for url in (f"/customers/{customer.pk}/tabs/surveys/", "/surveys/candidates/"):
        html = login(cast.service).get(url, {"stage": "any"}).content.decode()
        assert f"/customers/{customer.pk}/surveys/phone_product/new/" in html
        assert f"/customers/{customer.pk}/surveys/visit/new/" not in html


def test_a_survey_that_does_not_say_how_it_is_asked_is_offered_to_everybody(cast: Cast, survey: Questionnaire) -> None:
    own = Questionnaire.objects.create(code="own", zh="自拟问卷", en="Our own", kind="survey", created_at=cast.at)
    definition = {name: part for name, part in survey.versions.get().definition.items() if name != "channels"}
    QuestionnaireVersion.objects.create(
        questionnaire=own, number=1, state="published", definition=definition, created_at=cast.at, published_at=cast.at
    )
    assert "own" in offered(cast.service).values_list("code", flat=True)


def test_each_reader_reads_the_timeline_and_the_bell_in_his_or_her_own_language(
    cast: Cast, customer: Customer, survey: Questionnaire, login: Callable[[User], Client]
) -> None:
    User.objects.filter(pk__in=[cast.supervisor.pk, cast.director.pk]).update(language="en")
    with override("en"):  # the agent writes in English
        actions.record_response(
            customer=customer,
            survey=survey,
            answers=VISIT | {"VISIT_10": "等候太久"},
            channel=PHONE,
            by=cast.service,
            at=cast.at,
        )
    page = f"/customers/{customer.pk}/"
    assert "到访满意度：5/6 项满意" in login(cast.manager).get(page).content.decode()
    assert (
        "Visit satisfaction: 5 of 6 answers satisfied"
        in login(User.objects.get(pk=cast.director.pk)).get(page).content.decode()
    )
    bell = Notice.objects.get(user=cast.supervisor, code="surveys.opinion")
    assert bell.text.endswith("the customer said something that waits for your answer")
