"""Changing the timetable on screen: the form, then each booking that it breaks with a decision, then both at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from kefu.appointments.actions.deciding import Decisions
from kefu.appointments.facing import faced
from kefu.appointments.forms.decisions import DecisionsForm
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.renegotiations import Amendment, Ways, ways
from kefu.appointments.views.choosing import doctors_of, nodes_for
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act, page, put_errors
from kefu.kernel.errors import Invalid, Refused

Data = Mapping[str, Any]
SCHEDULE = "appointments:schedule"
KEEP = AppointmentPermission.SCHEDULE


def amend(request: StaffRequest, form: KefuForm, *, title: str, submit: str, success: str, plan: Callable[[Data], Amendment],
          run: Callable[[Data, Decisions], object], note: str = "") -> HttpResponseBase:  # fmt: skip
    """Show the form; when it is sent, carry the change out, or list what it breaks and ask first."""
    posted = request.method == "POST" and form.is_valid()
    found: list[Ways] = []

    def asked_first() -> None:
        planned = plan(form.cleaned_data)
        found.extend(ways(faced(planned, request.user, request.at), request.at, planned.amend))

    refused = failing(form, asked_first) if posted else None
    decided = "deciding" in request.POST
    may_change = allowed(request.user, AppointmentPermission.CHANGE)
    decisions = DecisionsForm(request.POST if decided else None, ways=found, may_change=may_change) if found else None

    def show(status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "decisions": decisions,
            "title": title,
            "submit": submit,
            "note": note,
            "back": reverse(SCHEDULE),
        }
        return page(request, "appointments/amendment.html", context, status=status)

    if not posted or refused:
        return show(refused or (422 if request.method == "POST" else 200))
    if decisions is not None and not decided:
        return show()
    if decisions is not None and not decisions.is_valid():
        return show(422)
    chosen: Decisions = decisions.decisions() if decisions is not None else {}
    return act(
        request, lambda: run(form.cleaned_data, chosen), success=success, to=reverse(SCHEDULE), form=form, render=show
    )


def failing(form: KefuForm, step: Callable[[], None]) -> int | None:
    """Take a step; where it is refused, say so in the form and answer the status of the page."""
    try:
        step()
    except Invalid as error:
        put_errors(form, error)
        return 422
    except Refused as error:
        form.add_error(None, str(error))
        return 409
    return None


def plain(request: StaffRequest, form: KefuForm, title: str, submit: str, success: str, run: Callable[[], object]) -> HttpResponseBase:  # fmt: skip
    """A form that breaks no booking."""
    context = {"form": form, "title": title, "submit": submit, "back": reverse(SCHEDULE)}

    def show(status: int = 200) -> HttpResponse:
        return page(request, "appointments/amendment.html", context, status=status)

    if request.method != "POST" or not form.is_valid():
        return show(422 if request.method == "POST" else 200)
    return act(request, run, success=success, to=reverse(SCHEDULE), form=form, render=show)


def places(request: StaffRequest) -> dict[str, Any]:
    """The centres and doctors whose hours one keeps."""
    nodes = nodes_for(request.user, KEEP)
    access = access_of(request.user)
    doctors = doctors_of(nodes)
    if not any(access.may_at(KEEP, node.pk) for node in nodes):
        doctors = doctors.filter(pk__in=access.persons)
    return {"nodes": nodes, "doctors": doctors}


def asked(request: StaffRequest) -> dict[str, object]:
    """What the address of a form has chosen already."""
    names = ("doctor", "node", "day", "first", "last", "weekday")
    return {name: request.GET[name] for name in names if request.GET.get(name)}
