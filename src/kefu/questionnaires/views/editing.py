"""The editor of a draft: its questions, their order, and the sections, alerts and bands around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.http import act, now, page
from kefu.kernel.errors import OutOfScope
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User
from kefu.questionnaires.actions import questions as actions
from kefu.questionnaires.forms import (
    PART_FORMS,
    OptionForm,
    QuestionForm,
    RowForm,
    lines,
    option_initial,
    question_row,
    told,
)
from kefu.questionnaires.models import QuestionnaireVersion
from kefu.questionnaires.permissions import QuestionnairePermission
from kefu.questionnaires.views.versions import address, find

EDIT = QuestionnairePermission.EDIT
PART_NAMES = {"sections": gettext_lazy("部分"), "alerts": gettext_lazy("提示"), "score_bands": gettext_lazy("分档")}
STEPS = {"up": -1, "down": 1}
Row = Mapping[str, Any]


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def new_question(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Add a question to a draft."""
    return _edit(request, find(code, number), {"section": request.GET.get("section", "")})


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def question(request: HttpRequest, code: str, number: int, question: str) -> HttpResponseBase:
    """Change a question of a draft."""
    found = find(code, number)
    row = next((row for row in found.definition["questions"] if row["code"] == question), None)
    if row is None:
        raise Http404
    return _edit(request, found, row)


@require_POST
@needs(EDIT)
def place(request: HttpRequest, code: str, number: int, question: str) -> HttpResponseBase:
    """Move a question up or down within its section."""
    found, by, at = find(code, number), cast(User, request.user), now(request)
    steps = STEPS.get(request.POST.get("to", ""), 0)
    return act(
        request, lambda: actions.move_question(version=found, code=question, steps=steps, by=by, at=at),
        to=f"{address(found)}#q-{question}",
    )  # fmt: skip


@require_POST
@needs(EDIT)
def removal(request: HttpRequest, code: str, number: int, question: str) -> HttpResponseBase:
    """Take a question out of a draft."""
    found, by, at = find(code, number), cast(User, request.user), now(request)
    return act(
        request, lambda: actions.remove_question(version=found, code=question, by=by, at=at),
        to=address(found), success=_("已从草稿里去掉；以前填过的问卷不受影响"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def part(request: HttpRequest, code: str, number: int, part: str) -> HttpResponseBase:
    """Edit the sections, the alerts or the score bands of a draft."""
    if part not in PART_FORMS:
        raise OutOfScope()
    found, by, at = find(code, number), cast(User, request.user), now(request)
    formset = lines(PART_FORMS[part], "line", found.definition.get(part, []), request.POST or None)

    def ask() -> HttpResponse:
        context = {"version": found, "questionnaire": found.questionnaire, "formset": formset, "name": PART_NAMES[part]}
        return page(request, "questionnaires/part.html", context, status=422 if formset.is_bound else 200)

    if not formset.is_bound or not formset.is_valid():
        return ask()
    rows, read = told(formset), _revision(request)
    return act(
        request, lambda: actions.set_part(version=found, part=part, rows=rows, revision=read, by=by, at=at),
        to=address(found), success=_("已保存到草稿"), render=ask,
    )  # fmt: skip


def _edit(request: HttpRequest, found: QuestionnaireVersion, row: Row) -> HttpResponseBase:
    data, code = request.POST or None, str(row.get("code", ""))
    form = QuestionForm(data, initial=dict(row), definition=found.definition, code=code)
    options = lines(OptionForm, "option", option_initial(row.get("options", ())), data)
    rows = lines(RowForm, "row", row.get("rows", ()), data)

    def ask() -> HttpResponse:
        context = {
            "version": found, "questionnaire": found.questionnaire, "form": form, "options": options, "rows": rows, "code": code,
            "cells": [column.get("scale") for column in _columns(found, row)],
        }  # fmt: skip
        return page(request, "questionnaires/question.html", context, status=422 if form.is_bound else 200)

    if not form.is_bound or not all([form.is_valid(), options.is_valid(), rows.is_valid()]):
        return ask()
    made = question_row(form, told(options), told(rows), row if code else {}, _columns(found, row))
    return act(
        request, lambda: _keep(request, found, code, made), to=f"{address(found)}#q-{made['code']}",
        success=_("已保存到草稿"), form=form, render=ask,
    )  # fmt: skip


def _keep(request: HttpRequest, found: QuestionnaireVersion, code: str, made: dict[str, Any]) -> QuestionnaireVersion:
    by, at, read = cast(User, request.user), now(request), _revision(request)
    if code:
        return actions.change_question(version=found, code=code, question=made, revision=read, by=by, at=at)
    return actions.add_question(version=found, question=made, revision=read, by=by, at=at)


def _columns(found: QuestionnaireVersion, row: Row) -> Sequence[Row]:
    """A matrix keeps its columns; a new one takes those of the first matrix of the questionnaire."""
    if row.get("columns"):
        return cast(Sequence[Row], row["columns"])
    first = next((row for row in found.definition["questions"] if row.get("columns")), None)
    return cast(Sequence[Row], first["columns"]) if first else ()


def _revision(request: HttpRequest) -> int | None:
    text = request.POST.get("revision", "")
    return parse_number(text)
