"""Whom to ask, what they said, and the rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum

from kefu.customers.models import Customer
from kefu.foundation.access.queries import access_of
from kefu.journey.models import Journey
from kefu.lab.models import OrderItem
from kefu.organisation.models import User
from kefu.questionnaires.choices import QuestionnaireKind
from kefu.questionnaires.models import Questionnaire, QuestionnaireVersion
from kefu.questionnaires.rules.scores import Satisfaction
from kefu.sales.models import PurchaseLine
from kefu.surveys.choices import OpinionState, SurveyChannel
from kefu.surveys.models import Opinion, Response
from kefu.surveys.permissions import SurveyPermission


def surveys() -> QuerySet[Questionnaire]:
    """The satisfaction surveys in use."""
    return Questionnaire.objects.filter(kind=QuestionnaireKind.SURVEY, versions__state="published").distinct()


def offered(user: User) -> QuerySet[Questionnaire]:
    """The surveys to offer on a customer's page: those asked by phone, and those the user's own role collects in another way.

    A questionnaire that does not say how it is asked is offered to everybody.
    """
    published = QuestionnaireVersion.objects.filter(questionnaire=OuterRef("pk"), state="published")
    by_phone = Q(definition__channels__contains=[SurveyChannel.PHONE])
    mine = Q(definition__collector_role__in=sorted(access_of(user).roles))
    anyhow = ~Q(definition__has_key="channels")
    return surveys().filter(Exists(published.filter(by_phone | mine | anyhow)))


@dataclass(frozen=True)
class CandidateFilter:
    """Whom to ask (SAT-002): served in `[start, end)`, with a test item, a product, a centre, a doctor, a manager, not asked since a day."""

    start: date | None = None
    end: date | None = None
    item_code: str = ""
    product_code: str = ""
    node_id: int | None = None
    doctor_id: int | None = None
    manager_id: int | None = None
    not_asked_since: date | None = None
    waiting: bool = False


def candidates(user: User, narrow: CandidateFilter) -> QuerySet[Customer]:
    """Customers within scope who match every condition that is set, with when they were last asked."""
    rows = Customer.objects.visible_to(user, SurveyPermission.RUN).filter(stage="active")
    served = _served(narrow)
    if served is not None:
        rows = rows.filter(served)
    for column, value in (
        ("node_id", narrow.node_id),
        ("doctor_id", narrow.doctor_id),
        ("health_manager_id", narrow.manager_id),
    ):
        if value:
            rows = rows.filter(**{column: value})
    if narrow.not_asked_since:
        asked = Response.objects.filter(customer=OuterRef("pk"), at__date__gte=narrow.not_asked_since)
        rows = rows.exclude(Exists(asked))
    if narrow.waiting:
        rows = rows.filter(Exists(Journey.objects.filter(customer=OuterRef("pk"), state="open", node__code="surveyed")))
    return rows.annotate(last_asked=Max("survey_responses__at")).select_related("node", "doctor", "health_manager")


def _served(narrow: CandidateFilter) -> Q | None:
    tests = OrderItem.objects.filter(
        order__customer=OuterRef("pk"), order__cancelled_at__isnull=True, removed_in__isnull=True
    )
    goods = PurchaseLine.objects.filter(
        purchase__customer=OuterRef("pk"), quantity__gt=0, purchase__signed_at__isnull=False
    )
    if narrow.start:
        tests, goods = (
            tests.filter(order__placed_at__date__gte=narrow.start),
            goods.filter(purchase__signed_at__date__gte=narrow.start),
        )
    if narrow.end:
        tests, goods = (
            tests.filter(order__placed_at__date__lt=narrow.end),
            goods.filter(purchase__signed_at__date__lt=narrow.end),
        )
    by_item = Q(Exists(tests.filter(item__code=narrow.item_code))) if narrow.item_code else None
    by_product = Q(Exists(goods.filter(product__code=narrow.product_code))) if narrow.product_code else None
    if by_item is not None and by_product is not None:
        return by_item & by_product
    if by_item is not None or by_product is not None:
        return by_item or by_product
    return Q(Exists(tests)) | Q(Exists(goods)) if narrow.start or narrow.end else None


def responses_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Response]:
    """The latest responses as their page lists them."""
    return Response.objects.visible_to(user).select_related("customer__node", "survey", "by").order_by("-at", "-id")


def recent(customer: Customer, at: datetime, days: int) -> Response | None:
    """The customer's last response within so many days, to warn before asking again."""
    return (
        Response.objects.filter(customer=customer, at__gte=at - timedelta(days=days))
        .select_related("survey")
        .order_by("-at")
        .first()
    )


def rate(responses: QuerySet[Response]) -> Satisfaction:
    """Satisfied and valid answers over one row set; refusals have neither (Annex 4: 30 + 8 of 42 = 90.5 %)."""
    total = responses.aggregate(satisfied=Sum("satisfied"), valid=Sum("valid"))
    return Satisfaction(total["satisfied"] or 0, total["valid"] or 0)


def open_opinions(user: User) -> QuerySet[Opinion]:
    """Opinions that wait for an answer by one of the user's roles at their centres, the earliest promise first."""
    found = Q(pk__in=[])
    for role, nodes in access_of(user).role_nodes.items():
        found |= Q(role=role, response__node_id__in=nodes)
    rows = Opinion.objects.filter(found, state=OpinionState.OPEN)
    return rows.select_related("response__customer__node", "response__survey").order_by("due_at", "pk")


def opinions_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Opinion]:
    """The opinions that wait for an answer, as their page lists them."""
    return open_opinions(user)
