"""Pages of saved views and of bulk actions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.foundation.access.checks import require
from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.lists import actions, picking, presentation, queries, running
from kefu.foundation.lists.choices import RunState
from kefu.foundation.lists.forms import ViewForm
from kefu.foundation.lists.limits import BULK_AT_ONCE, BULK_MOST
from kefu.foundation.lists.models import BulkRun, SavedView
from kefu.foundation.lists.specs import ListSpec, bulk_action, list_named
from kefu.foundation.ui.http import act, page

EXPORT = "export"


def _spec(request: StaffRequest, code: str) -> ListSpec[Any]:
    spec = list_named(code)
    require(request.user, spec.permission)
    return spec


@require_http_methods(["GET", "POST"])
@everyone
def view_list(request: StaffRequest, list_code: str) -> HttpResponseBase:
    """One's views of a list; with the address of the list behind it, that is kept as a new one."""
    spec, user = _spec(request, list_code), request.user
    form = ViewForm(request.POST or None, user=user, spec=spec)

    def render() -> HttpResponse:
        context = {
            "spec": spec, "form": form, "saving": bool(request.GET), "views": presentation.view_rows(user, spec),
            "runs": presentation.run_rows(user, spec), "back": reverse(spec.url_name), "kept": presentation.spoken(spec, request.GET),
        }  # fmt: skip
        return page(request, "lists/views.html", context)

    if request.method != "POST":
        return render()
    if not form.is_valid():
        return _with_status(render(), 422)
    return act(request, lambda: _keep(request, spec, form), form=form, render=render, success=_("视图已保存。"),
               to=lambda view: f"{reverse(spec.url_name)}?{view.address}")  # fmt: skip


def _keep(request: StaffRequest, spec: ListSpec[Any], form: ViewForm) -> SavedView:
    given, user = form.cleaned_data, request.user
    view = actions.keep_view(
        spec=spec, name=given["name"], params=request.GET, node=given.get("node"), by=user, at=request.at
    )
    if given["first"]:
        actions.choose_view(spec=spec, view=view, hidden=False, first=True, by=user, at=request.at)
    return view


def _with_status(response: HttpResponse, status: int) -> HttpResponse:
    response.status_code = status
    return response


@require_http_methods(["GET", "POST"])
@everyone
def view_form(request: StaffRequest, list_code: str, view_id: int) -> HttpResponseBase:
    """Rename a view, share it or end sharing."""
    spec, user = _spec(request, list_code), request.user
    view = queries.view_of(user, spec, view_id)
    form = ViewForm(
        request.POST or None, user=user, spec=spec, view=view, initial={"name": view.name, "node": view.node_id}
    )
    form.fields.pop("first")
    home = reverse("lists:views", args=[spec.code])

    def render() -> HttpResponse:
        context = {"spec": spec, "form": form, "view": view, "back": home}
        return page(request, "lists/view.html", context)

    if request.method != "POST":
        return render()
    if not form.is_valid():
        return _with_status(render(), 422)
    node = form.cleaned_data["node"] if "node" in form.fields else view.node
    return act(
        request,
        lambda: actions.change_view(spec=spec, view=view, name=form.cleaned_data["name"], node=node, by=user, at=request.at),
        form=form, render=render, success=_("视图已改。"), to=home,
    )  # fmt: skip


@require_POST
@everyone
def view_removal(request: StaffRequest, list_code: str, view_id: int) -> HttpResponseBase:
    """Remove a view."""
    spec = _spec(request, list_code)
    view = queries.view_of(request.user, spec, view_id)
    return act(request, lambda: actions.remove_view(spec=spec, view=view, by=request.user, at=request.at), success=_("视图已删除。"),
               to=reverse("lists:views", args=[spec.code]))  # fmt: skip


@require_POST
@everyone
def view_choice(request: StaffRequest, list_code: str, view_id: int) -> HttpResponseBase:
    """Put a view on the tabs or take it off, or open the list with it."""
    spec = _spec(request, list_code)
    view, wanted = queries.view_of(request.user, spec, view_id), request.POST.get("as", "")
    return act(
        request,
        lambda: actions.choose_view(spec=spec, view=view, hidden=wanted == "hidden", first=wanted == "first", by=request.user, at=request.at),
        success=_("已记住。"), to=reverse("lists:views", args=[spec.code]),
    )  # fmt: skip


@require_POST
@everyone
def selection(request: StaffRequest, list_code: str) -> HttpResponseBase:
    """Rows were picked for a verb: they are kept, and the verb asks what it needs to know; an export goes to its own page."""
    spec, user, code = _spec(request, list_code), request.user, request.POST.get("action", "")
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    whole = bool(request.POST.get("all"))
    if code == EXPORT and spec.export and whole:
        return redirect(f"{spec.export()}?{query.urlencode()}")
    if whole:
        most = BULK_MOST.on(request.at, node_id=user.node_id)
        rows = queries.narrowed(spec, user, query, request.at).order_by(*next(iter(spec.orders.values())))
        ids = list(rows.values_list("pk", flat=True)[: most + 1])
    else:
        picked = picking.picked(request.POST) or ()
        seen = set(spec.visible(user).filter(pk__in=picked).values_list("pk", flat=True))
        ids = [pk for pk in picked if pk in seen]
    if code == EXPORT and spec.export:
        away = f"{spec.export()}?{_with_rows(query, ids)}"
        return act(request, lambda: picking.require_picked(ids), to=lambda _picked: away)
    return act(request, lambda: actions.choose_rows(spec=spec, code=code, rows=ids, by=user, at=request.at),
               to=lambda made: reverse("lists:run", args=[made.pk]) if isinstance(made, BulkRun) else reverse(spec.url_name))  # fmt: skip


def _with_rows(query: QueryDict, ids: list[int]) -> str:
    query.setlist(picking.ROW, [str(pk) for pk in ids])
    return query.urlencode()


@require_http_methods(["GET", "POST"])
@everyone
def run(request: StaffRequest, run_id: int) -> HttpResponseBase:
    """A bulk action: what it asks, then how far it is, then what became of each row."""
    shown = queries.run_of(request.user, run_id)
    spec, verb = _spec(request, shown.list_code), bulk_action(shown.list_code, shown.action)
    if shown.state != RunState.ASKED:
        return page(request, "lists/run.html", presentation.outcome(shown, spec, verb, request.GET.get("state", "")))
    form = running.form_of(shown, request.POST if request.method == "POST" else None)

    def render() -> HttpResponse:
        context = presentation.question(shown, spec, verb, access_of(request.user)) | {"form": form}
        return page(request, "lists/run.html", context)

    if request.method != "POST":
        return render()
    if not form.is_valid():
        return _with_status(render(), 422)
    return act(
        request, lambda: _start(request, shown), form=form, render=render, to=reverse("lists:run", args=[shown.pk])
    )


def _start(request: StaffRequest, shown: BulkRun) -> BulkRun:
    """Begin once; few rows are done while the person waits."""
    given = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    here = shown.total <= BULK_AT_ONCE.on(request.at, node_id=request.user.node_id)
    begun = actions.start_run(run=shown, given=given, here=here, by=request.user, at=request.at)
    return running.perform(begun, ring=False, at=request.at) if here and begun.state == RunState.RUNNING else begun
