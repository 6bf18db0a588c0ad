"""Questionnaires and their versions: starting drafts, looking at them, publishing, dropping, previewing."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.http import act, now, page
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User
from kefu.questionnaires import queries
from kefu.questionnaires.actions import versions as actions
from kefu.questionnaires.choices import QuestionnaireKind, VersionState
from kefu.questionnaires.forms import QuestionnaireForm
from kefu.questionnaires.models import QuestionnaireVersion
from kefu.questionnaires.permissions import QuestionnairePermission
from kefu.questionnaires.presentation import STATES, flaw_links, outline_of
from kefu.questionnaires.rendering import posted, sheet_view

VIEW, EDIT = QuestionnairePermission.VIEW, QuestionnairePermission.EDIT


def find(code: str, number: int) -> QuestionnaireVersion:
    """A version by the questionnaire's code and its number, or 404."""
    rows = QuestionnaireVersion.objects.select_related("questionnaire", "published_by")
    return get_object_or_404(rows, questionnaire__code=code, number=number)


def address(version: QuestionnaireVersion, name: str = "version") -> str:
    """A page of a version."""
    return reverse(f"questionnaires:{name}", args=[version.questionnaire.code, version.number])


@require_GET
@needs(VIEW)
def questionnaires(request: HttpRequest) -> HttpResponse:
    """All questionnaires with the version in use and the draft, if any."""
    rows = [
        {
            "questionnaire": row,
            "published": next((one for one in row.versions.all() if one.state == VersionState.PUBLISHED), None),
            "draft": next((one for one in row.versions.all() if one.state == VersionState.DRAFT), None),
        }
        for row in queries.questionnaires()
    ]
    may_edit = allowed(cast(User, request.user), EDIT)
    return page(request, "questionnaires/list.html", {"rows": rows, "may_edit": may_edit})


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def new(request: HttpRequest) -> HttpResponseBase:
    """Begin a questionnaire."""
    form = QuestionnaireForm(request.POST or None)

    def ask() -> HttpResponse:
        return page(request, "questionnaires/new.html", {"form": form}, status=422 if form.is_bound else 200)

    if not form.is_valid():
        return ask()
    told = {**form.cleaned_data, "kind": QuestionnaireKind(form.cleaned_data["kind"])}
    by, at = cast(User, request.user), now(request)
    return act(request, lambda: actions.create_questionnaire(**told, by=by, at=at), to=address, form=form, render=ask)


@require_http_methods(["GET", "POST"])
@needs(VIEW)
def questionnaire(request: HttpRequest, code: str) -> HttpResponseBase:
    """The versions of one questionnaire. POST starts a draft."""
    found = get_object_or_404(queries.questionnaires(), code=code)
    if request.method == "POST":
        by, at = cast(User, request.user), now(request)
        return act(
            request, lambda: actions.start_draft(questionnaire=found, by=by, at=at),
            to=address, success=_("草稿已建好，改完再发布"),
        )  # fmt: skip
    rows = [{"version": row, "status": STATES[VersionState(row.state)]} for row in found.versions.all()]
    context = {
        "questionnaire": found,
        "rows": rows,
        "draft": next((row for row in found.versions.all() if row.state == VersionState.DRAFT), None),
        "may_edit": allowed(cast(User, request.user), EDIT),
    }
    return page(request, "questionnaires/questionnaire.html", context)


@require_GET
@needs(VIEW)
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The questions of a version; a draft shows what is to be mended and how to edit it."""
    return version_page(request, find(code, number))


def version_page(request: HttpRequest, found: QuestionnaireVersion, status: int = 200) -> HttpResponse:
    """The page of a version."""
    editable = found.state == VersionState.DRAFT and allowed(cast(User, request.user), EDIT)
    context = {
        "version": found,
        "questionnaire": found.questionnaire,
        "status": STATES[VersionState(found.state)],
        "sections": outline_of(found),
        "flaws": flaw_links(found) if editable else [],
        "editable": editable,
        "sheets": found.sheets.count(),
    }
    return page(request, "questionnaires/version.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(VIEW)
def preview(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The sheet as the person who asks sees it; nothing is kept."""
    found = find(code, number)
    sex = request.GET.get("sex", "female")
    answers = posted(found.form, request.POST)
    options = [
        {"url": f"?sex={value}", "label": label, "pressed": sex == value}
        for value, label in (("female", _("女")), ("male", _("男")), ("", _("未登记")))
    ]
    sheet = sheet_view(found.form, answers, facts={"sex": sex})
    context = {"version": found, "questionnaire": found.questionnaire, "sheet": sheet, "options": options}
    return page(request, "questionnaires/preview.html", context)


@require_POST
@needs(EDIT)
def publication(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Put a draft into use."""
    found, by, at = find(code, number), cast(User, request.user), now(request)
    try:
        made = actions.publish(version=found, by=by, at=at)
    except Invalid:
        messages.error(request, _("还不能发布，先改好下面列出的地方。"))
        return version_page(request, found, status=422)
    messages.success(request, _("第 %(number)s 版已发布，新填的问卷都用它") % {"number": made.number})
    return redirect(address(made))


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def disposal(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Throw a draft away, after saying what will be lost."""
    found, by, at = find(code, number), cast(User, request.user), now(request)
    if request.method == "GET":
        return page(request, "questionnaires/disposal.html", {"version": found, "questionnaire": found.questionnaire})
    to = reverse("questionnaires:questionnaire", args=[code])
    return act(request, lambda: actions.drop_draft(version=found, by=by, at=at), to=to, success=_("草稿已作废"))
