"""Recording what customers say, and answering their opinions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.actions.referrals import notice_moment
from kefu.customers.choices import FactKind, Moment
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of, colleagues_with
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.notices.actions import tell
from kefu.foundation.worktime.queries import calendar_for
from kefu.journey.actions.steps import pass_step, waive_step
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.kernel.worktime import WorkAmount, WorkUnit, due
from kefu.organisation.models import User
from kefu.questionnaires.actions.sheets import finalise, open_sheet
from kefu.questionnaires.models import Questionnaire, QuestionnaireVersion
from kefu.questionnaires.queries import published_version
from kefu.questionnaires.rules.scores import satisfaction
from kefu.surveys.choices import OpinionState, ResponseOutcome, SurveyChannel
from kefu.surveys.events import ResponseRecorded
from kefu.surveys.limits import OPINION_DAYS
from kefu.surveys.models import Opinion, Response
from kefu.surveys.permissions import SurveyPermission
from kefu.surveys.sentences import ANSWERED, OPINION_ANSWERED, OPINION_WAITS, REFUSED

KIND = "surveys.response"
NODE = "surveyed"


@action
def record_response(*, customer: Customer, survey: Questionnaire, answers: Mapping[str, object], channel: SurveyChannel,
                    version: QuestionnaireVersion | None = None, by: User, at: datetime) -> Response:  # fmt: skip
    """Keep a customer's answers; the rate is computed, opinions go to who is responsible, the journey moves on (SAT-001, JRN-016).

    Raises Invalid naming each missing or impossible answer.
    """
    require(by, SurveyPermission.RUN, customer=customer)
    hold(customer.pk)
    sheet = open_sheet(version=version or published_version(survey.code), by=by, at=at)
    sheet = finalise(sheet=sheet, answers=answers, facts={"sex": customer.sex}, at=at)
    counted = satisfaction(sheet.version.form, sheet.answers)
    response = Response.objects.create(
        customer=customer, survey=survey, sheet=sheet, node_id=customer.node_id, outcome=ResponseOutcome.COMPLETED, channel=channel,
        satisfied=counted.satisfied, valid=counted.valid, by=by, at=at,
    )  # fmt: skip
    opinions = _opinions(response, at)
    subject = Subject(KIND, response.pk)
    if _may_step(customer, by):
        pass_step(customer_id=customer.pk, code=NODE, subject=subject, by=by, at=at)
    record_fact(
        customer=customer,
        kind=FactKind.SURVEY,
        item=ANSWERED(survey=survey, satisfied=counted.satisfied, valid=counted.valid),
        lines=[opinion.text for opinion in opinions],
        subject=subject,
        by=by,
        at=at,
    )
    _record(
        response,
        "surveys.response.recorded",
        by,
        at,
        {"satisfied": (None, counted.satisfied), "valid": (None, counted.valid)},
    )
    if counted.valid and counted.satisfied == counted.valid:
        notice_moment(customer_id=customer.pk, moment=Moment.RECOGNITION, by=by, at=at)
    announce(ResponseRecorded(response.pk, customer.pk, by, at))
    return response


@action
def record_refusal(
    *, customer: Customer, survey: Questionnaire, reason: str, channel: SurveyChannel, by: User, at: datetime
) -> Response:
    """Keep that the customer would not answer; it counts in no rate, and the journey moves on with the reason."""
    require(by, SurveyPermission.RUN, customer=customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    hold(customer.pk)
    response = Response.objects.create(
        customer=customer,
        survey=survey,
        node_id=customer.node_id,
        outcome=ResponseOutcome.REFUSED,
        channel=channel,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    if _may_step(response.customer, by):
        waive_step(customer_id=customer.pk, code=NODE, reason=reason, subject=Subject(KIND, response.pk), by=by, at=at)
    record_fact(customer=customer, kind=FactKind.SURVEY, item=REFUSED(survey=survey), lines=[reason],
                subject=Subject(KIND, response.pk), by=by, at=at)  # fmt: skip
    _record(response, "surveys.response.refused", by, at, {"outcome": (None, "refused")}, reason)
    announce(ResponseRecorded(response.pk, customer.pk, by, at))
    return response


@action
def answer_opinion(*, opinion: Opinion, answer: str, by: User, at: datetime) -> Opinion:
    """Tell the customer what became of an opinion. Raises Refused `answered`, Invalid without words, Forbidden for another role's."""
    row = (
        Opinion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("response__customer")
        .get(pk=opinion.pk)
    )
    customer = row.response.customer
    access = access_of(by)
    if not (access.has_role(row.role, customer.node_id) or access.may_at(SurveyPermission.ANALYSE, customer.node_id)):
        raise Forbidden("wrong_role", _("这条意见由别的岗位答复。"))
    if row.state == OpinionState.ANSWERED:
        raise Refused("answered", _("这条意见已经答复过了。"))
    if not answer.strip():
        raise Invalid.one("answer", "required", _("请写明怎么答复客户的。"))
    row.state, row.answer, row.answered_by, row.answered_at = OpinionState.ANSWERED, answer.strip(), by, at
    row.save()
    record_fact(
        customer=customer,
        kind=FactKind.SURVEY,
        item=OPINION_ANSWERED,
        lines=[row.text, row.answer],
        subject=Subject(KIND, row.response_id),
        by=by,
        at=at,
    )
    _record(row.response, "surveys.opinion.answered", by, at, {"opinion": (row.pk, "answered")})
    return row


def _may_step(customer: Customer, by: User) -> bool:
    return access_of(by).has_role("service_agent", customer.node_id)


def _opinions(response: Response, at: datetime) -> list[Opinion]:
    """One item for each thing said in the customer's own words, with who must answer it and until when."""
    sheet = response.sheet
    if sheet is None:
        return []
    until = due(
        calendar_for(response.customer.node),
        at,
        WorkAmount(OPINION_DAYS.on(at, node_id=response.node_id), WorkUnit.WORKING_DAYS),
    )
    found = []
    for question in sheet.version.form.questions:
        said = str(sheet.answers.get(question.code, "")).strip() if question.type == "text" else ""
        if said:
            role = str(question.extra.get("responsible_role", "service_supervisor"))
            found.append(
                Opinion(
                    response=response,
                    question_code=question.code,
                    question=question.zh,
                    question_en=question.en,
                    text=said,
                    role=role,
                    due_at=until,
                )
            )
    made = Opinion.objects.bulk_create(found)
    for opinion in made:
        people = colleagues_with(opinion.role, response.node_id)[:20]
        tell(users=people, code="surveys.opinion", text=OPINION_WAITS(name=response.customer.name),
             link=f"/surveys/opinions/{opinion.pk}/", customer_id=response.customer_id, at=at)  # fmt: skip
    return made


def _record(
    response: Response,
    code: str,
    by: User,
    at: datetime,
    changes: Mapping[str, tuple[object, object]],
    reason: str = "",
) -> None:
    record(code, by=by, at=at, subject=Subject(KIND, response.pk), customer_id=response.customer_id, node_id=response.node_id,
           changes={"survey": (None, response.survey.code), **changes}, reason=reason)  # fmt: skip
