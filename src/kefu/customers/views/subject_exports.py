"""Everything held about a customer, to be handed over (SEC-001)."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kefu.administration.views.editing import edit
from kefu.customers import actions
from kefu.customers.forms import SubjectExportForm
from kefu.customers.models import SubjectExport
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import now
from kefu.foundation.ui.inputs import Status
from kefu.kernel.errors import Refused

SHOWN = 20


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.SUBJECT_EXPORT, CustomerPermission.MEDICAL_VIEW)
def exports(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Ask for it with a reason, and fetch what is ready."""
    customer, at = customer_of(request, customer_id), now(request)
    found = customer.subject_exports.select_related("by")[:SHOWN]
    here = reverse("customers:subject_exports", args=[customer.pk])
    context = {
        "customer": customer, "view": view_of(customer, at), "back": reverse("customers:page", args=[customer.pk]),
        "may_ask": allowed(request.user, CustomerPermission.SUBJECT_EXPORT, customer=customer),
        "may_fetch": allowed(request.user, CustomerPermission.MEDICAL_VIEW, customer=customer),
        "rows": [{"export": one, "status": _status(one, at), "ready": _ready(one, at)} for one in found],
    }  # fmt: skip
    return edit(
        request, SubjectExportForm(request.POST or None), "customers/subject_exports.html", context=context, to=here,
        success=_("正在准备，好了可以在这里下载。"),
        run=lambda: actions.ask_subject_export(customer=customer, reason=request.POST.get("reason", ""), by=request.user, at=at),
    )  # fmt: skip


@require_GET
@needs(CustomerPermission.MEDICAL_VIEW)
def download(request: StaffRequest, customer_id: int, export_id: int) -> HttpResponseBase:
    """The archive; who took it when is written first."""
    customer = customer_of(request, customer_id)
    export = get_object_or_404(
        SubjectExport.objects.select_related("customer", "file"), pk=export_id, customer=customer
    )
    try:
        content = actions.fetch_subject_export(export=export, by=request.user, at=now(request))
    except Refused as error:
        messages.error(request, str(error))
        return redirect("customers:subject_exports", customer.pk)
    return _zip(content, customer.pk)


def _zip(content: bytes, customer_id: int) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = str(content_disposition_header(True, f"customer-{customer_id}.zip"))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _ready(export: SubjectExport, at: datetime) -> bool:
    return export.file_id is not None and export.expires_at is not None and export.expires_at > at


def _status(export: SubjectExport, at: datetime) -> Status:
    if _ready(export, at):
        return Status("done", "check", _("可以下载"))
    return Status("quiet", "ban", _("已过期销毁")) if export.ready_at else Status("move", "clock", _("准备中"))
