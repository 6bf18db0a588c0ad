"""Pages of surveys: whom to ask, asking, what was said, what must be answered."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.customers.models import Customer
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.kernel.errors import Invalid
from kefu.questionnaires.models import Questionnaire
from kefu.questionnaires.queries import published_version
from kefu.questionnaires.reading import answer_sections
from kefu.questionnaires.rendering import posted, sheet_view
from kefu.surveys import actions
from kefu.surveys.choices import SurveyChannel
from kefu.surveys.forms import AnswerForm, ChannelForm
from kefu.surveys.limits import RECENT_DAYS
from kefu.surveys.models import Opinion, Response
from kefu.surveys.narrowing import candidate_form, candidates_listed
from kefu.surveys.permissions import SurveyPermission
from kefu.surveys.queries import offered, open_opinions, opinions_listed, rate, recent, responses_listed, surveys

RATE_DAYS = 90


@needs(SurveyPermission.VIEW)
def overview(request: StaffRequest) -> HttpResponse:
    """The surveys with their rate of the last three months, the latest responses, and the opinions that wait."""
    visible = Response.objects.visible_to(request.user)
    since = request.at - timedelta(days=RATE_DAYS)
    rated = [(survey, rate(visible.filter(survey=survey, at__gte=since))) for survey in surveys()]
    responses = responses_listed(request.user, request.GET, request.at)
    keyset = Keyset(responses, order=("-at", "-id"), cursor=request.GET.get("after"))
    context = {
        "rated": rated, "keyset": keyset, "opinions": opinions_listed(request.user, request.GET, request.at)[:50], "days": RATE_DAYS,
        "asks": access_of(request.user).may(SurveyPermission.RUN), "export_url": export_url(request, "surveys.responses"),
        "opinions_url": export_url(request, "surveys.opinions"),
    }  # fmt: skip
    return page(request, "surveys/overview.html", context, partial="rows")


@needs(SurveyPermission.RUN)
def choose(request: StaffRequest) -> HttpResponse:
    """Customers to ask, filtered by time and other conditions (SAT-002)."""
    found = candidates_listed(request.user, request.GET, request.at)
    keyset = Keyset(found, order=("-created_at", "-id"), cursor=request.GET.get("after"))
    context = {"form": candidate_form(request.GET), "keyset": keyset, "surveys": offered(request.user)}
    context["export_url"] = export_url(request, "surveys.candidates")
    return page(request, "surveys/candidates.html", context, partial="rows")


@needs(SurveyPermission.RUN)
def ask(request: StaffRequest, customer_id: int, code: str) -> HttpResponseBase:
    """Ask a customer question by question and keep the answers."""
    customer, survey = _customer(request, customer_id), _survey(code)
    version = published_version(survey.code)
    answers = posted(version.form, request.POST)
    faults: dict[str, str] = {}
    form = ChannelForm(request.POST or None, initial={"channel": SurveyChannel.PHONE})

    def show() -> HttpResponse:
        sheet = sheet_view(version.form, answers, facts={"sex": customer.sex}, faults=faults)
        context = {
            "customer": customer,
            "survey": survey,
            "sheet": sheet,
            "form": form,
            "recent": recent(customer, request.at, RECENT_DAYS.on(request.at)),
        }
        return page(request, "surveys/ask.html", context)

    if request.method != "POST" or not form.is_valid():
        return show()

    def save() -> Response:
        try:
            return actions.record_response(customer=customer, survey=survey, answers=answers, channel=SurveyChannel(form.cleaned_data["channel"]),
                                           version=version, by=request.user, at=request.at)  # fmt: skip
        except Invalid as error:
            faults.update({item.field: str(item.message) for item in error.errors})
            raise

    return act(request, save, success=_("已记下，满意率已算好。"), to=_url, form=form, render=show)


@require_POST
@needs(SurveyPermission.RUN)
def refusal(request: StaffRequest, customer_id: int, code: str) -> HttpResponseBase:
    """The customer would not answer."""
    customer, survey = _customer(request, customer_id), _survey(code)
    return act(
        request,
        lambda: actions.record_refusal(customer=customer, survey=survey, reason=request.POST.get("reason", ""), channel=SurveyChannel.PHONE, by=request.user, at=request.at),
        success=_("已记下客户不愿回答。"), to=_url,
    )  # fmt: skip


@needs(SurveyPermission.VIEW)
def response(request: StaffRequest, pk: int) -> HttpResponse:
    """One response: its answers, its rate, its opinions."""
    shown = get_object_or_404(
        Response.objects.visible_to(request.user).select_related("customer", "survey", "sheet__version", "by"), pk=pk
    )
    record_read("surveys.response.read", by=request.user, at=request.at, customer_id=shown.customer_id,
                subject=Subject(actions.KIND, shown.pk), node_id=shown.node_id)  # fmt: skip
    answers = answer_sections(shown.sheet.version.form, shown.sheet.answers) if shown.sheet else []
    return page(
        request,
        "surveys/response.html",
        {"response": shown, "answers": answers, "opinions": shown.opinions.select_related("answered_by")},
    )


@needs(SurveyPermission.RUN, SurveyPermission.VIEW, SurveyPermission.ANALYSE)
def opinion(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Answer an opinion."""
    rows: QuerySet[Opinion] = Opinion.objects.filter(pk__in=open_opinions(request.user).values("pk"))
    shown = get_object_or_404(rows.select_related("response__customer", "response__survey"), pk=pk)
    form = AnswerForm(request.POST or None)

    def show() -> HttpResponse:
        return page(request, "surveys/opinion.html", {"opinion": shown, "form": form})

    if request.method != "POST" or not form.is_valid():
        return show()
    return act(request, lambda: actions.answer_opinion(opinion=shown, answer=form.cleaned_data["answer"], by=request.user, at=request.at),
               success=_("已记下答复。"), to=reverse("surveys:overview"), form=form, render=show)  # fmt: skip


def _customer(request: StaffRequest, pk: int) -> Customer:
    rows = Customer.objects.visible_to(request.user, SurveyPermission.RUN).select_related("node")
    return get_object_or_404(rows, pk=pk)


def _survey(code: str) -> Questionnaire:
    return get_object_or_404(surveys(), code=code)


def _url(made: Response) -> str:
    return reverse("surveys:response", args=[made.pk])
