"""What surveys add to the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers.erasing import erases, scrub
from kefu.customers.merging import repoint
from kefu.customers.models import Customer
from kefu.customers.subject_data import contribute
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.slots.registry import CustomerTab, NavItem, WorkItem, register, register_work
from kefu.journey.pages import step_page
from kefu.organisation.models import User
from kefu.surveys.models import Response
from kefu.surveys.permissions import SurveyPermission
from kefu.surveys.queries import offered, open_opinions

SHOWN = 100


def panel(request: StaffRequest, customer: object) -> HttpResponse:
    """The tab 满意度: every response, and the surveys one can ask now."""
    person = cast(Customer, customer)
    rows = Response.objects.filter(customer=person).select_related("survey", "by").order_by("-at")[:SHOWN]
    return render(
        request, "surveys/panel.html", {"responses": rows, "customer": person, "surveys": offered(request.user)}
    )


def owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """Opinions that wait for the user's answer."""
    for row in open_opinions(user)[:SHOWN]:
        customer = row.response.customer
        yield WorkItem(
            group="notice", label=_("客户意见"), icon="message-exclamation", what=row.text[:80], why=row.asked, verb=_("答复"),
            url=reverse("surveys:opinion", args=[row.pk]), due_at=row.due_at, started_at=row.response.at,
            customer_id=customer.pk, customer_name=customer.name,
        )  # fmt: skip


contribute("surveys.Response", "customer", _("满意度"), erase=scrub("reason"))
erases(
    "questionnaires.AnswerSheet", "customer", scrub("answers", "scores", "alerts"), over="surveys.Response", key="sheet"
)
contribute(
    "surveys.Opinion",
    "response__customer",
    _("意见"),
    erase=scrub("text", "answer", keep=("question_code", "question", "question_en", "role")),
)
register(
    CustomerTab("surveys", _("满意度"), 60, SurveyPermission.VIEW, panel),
    NavItem("customers", 30, _("满意度"), "mood-smile", "surveys:overview", SurveyPermission.VIEW, "m"),
)
register_work("surveys", owed)
step_page("surveys.ResponseRecorded", lambda customer_id: reverse("customers:tab", args=[customer_id, "surveys"]))
repoint("surveys.Response", "customer", _("满意度"))
