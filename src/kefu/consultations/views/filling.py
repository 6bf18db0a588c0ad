"""Beginning an interview and filling in its sheet; what is typed is kept every few seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.consultations import actions, queries
from kefu.consultations.gates import refusal
from kefu.consultations.models import Consultation
from kefu.consultations.permissions import ConsultationPermission
from kefu.consultations.presentation import line
from kefu.consultations.views.loading import address, find, reader
from kefu.customers.models import Customer
from kefu.customers.presentation import view_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.http import act, now, page
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.ids import parse_number
from kefu.questionnaires.rendering import SheetView, posted, sheet_view

EARLIER = 10


@dataclass(frozen=True)
class FaultLink:
    """One answer to mend, with the way to it."""

    code: str
    label: str
    words: str


@require_http_methods(["GET", "POST"])
@needs(ConsultationPermission.CONDUCT)
def new(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """Begin an interview of a customer; one's own draft is gone on with."""
    user, at = reader(request), now(request)
    customer = get_object_or_404(Customer.objects.visible_to(user), pk=customer_id)
    if request.method == "POST":
        return act(request, lambda: actions.start(customer=customer, by=user, at=at), to=address)
    mine = queries.drafts_of(user).filter(customer=customer).first()
    if mine is not None:
        return redirect(address(mine))
    earlier = [line(row, user, at) for row in queries.of_customer(user, customer)[:EARLIER]]
    context = {"customer": customer, "view": view_of(customer, at), "earlier": earlier}
    return page(request, "consultations/new.html", context)


@require_POST
@needs(ConsultationPermission.CONDUCT)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed so far; answers when it was kept, or why it was not."""
    found = find(request, pk)
    answers, sheet, refused = posted(found.sheet.version.form, request.POST), found.sheet, ""
    try:
        sheet = actions.autosave(
            consultation=found, answers=answers, revision=revision(request), by=reader(request), at=now(request)
        ).sheet
    except Refused as error:
        refused = str(error)
    context = {"sheet_row": sheet, "refused": refused}
    return page(request, "questionnaires/kept.html", context, status=409 if refused else 200)


def submitted(request: HttpRequest, found: Consultation) -> HttpResponseBase:
    """Save the sheet; with faults it comes back with each fault at its question, and the draft is kept."""
    user, at = reader(request), now(request)
    answers, read = posted(found.sheet.version.form, request.POST), revision(request)
    try:
        saved = actions.save(consultation=found, answers=answers, revision=read, by=user, at=at)
    except Invalid as error:
        kept = actions.autosave(consultation=found, answers=answers, revision=read, by=user, at=at)
        faults = {item.field: str(item.message) for item in error.errors}
        return sheet_page(request, kept, answers, faults=faults, status=422)
    except Refused as error:
        if error.code == "not_a_draft":  # a second press, or a colleague was faster: show what was saved
            messages.info(request, str(error))
            return redirect(address(found))
        return sheet_page(request, found, answers, refused=str(error), status=409)
    told = _("问诊已更正，原来那份仍可查看") if saved.corrects_id else _("问诊已保存，健康档案号 %(number)s")
    messages.success(request, told % {"number": saved.customer.archive_number})
    return redirect(address(saved))


def revision(request: HttpRequest) -> int | None:
    """The state of the draft that the form was filled in on."""
    text = request.POST.get("revision", "")
    return parse_number(text)


def sheet_page(
    request: HttpRequest, found: Consultation, answers: Mapping[str, object], *,
    faults: Mapping[str, str] | None = None, refused: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The sheet with these answers."""
    user, at = reader(request), now(request)
    sheet = sheet_view(found.sheet.version.form, answers, facts={"sex": found.customer.sex}, faults=faults)
    context = {
        "consultation": found,
        "line": line(found, user, at),
        "customer": found.customer,
        "view": view_of(found.customer, at),
        "sheet": sheet,
        "sheet_row": found.sheet,
        "faults": fault_links(sheet),
        "refused": refused,
        "warning": None if refused else refusal(found, by=user, at=at),
    }
    return page(request, "consultations/sheet.html", context, status=status)


def fault_links(sheet: SheetView) -> list[FaultLink]:
    """The faults in the order of the sheet."""
    return [FaultLink(item.code, item.label, item.fault) for item in sheet.items if item.fault]
