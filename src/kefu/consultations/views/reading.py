"""The list of interviews, and one of them: the sheet for who holds the draft, else what was found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kefu.consultations import queries
from kefu.consultations.choices import ConsultationState
from kefu.consultations.gates import KIND
from kefu.consultations.models import Consultation
from kefu.consultations.permissions import ConsultationPermission
from kefu.consultations.presentation import line
from kefu.consultations.rights import holds
from kefu.consultations.views.filling import sheet_page, submitted
from kefu.consultations.views.loading import find, reader
from kefu.customers.presentation import view_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, now, page


@require_GET
@needs(ConsultationPermission.VIEW)
def consultations(request: HttpRequest) -> HttpResponse:
    """Every interview within scope, newest first."""
    user, chosen = reader(request), request.GET.get("state", "")
    rows = queries.consultations_listed(user, request.GET, now(request))
    keyset = Keyset(rows, ("-started_at", "-id"), cursor=request.GET.get("after"))
    options = [("", _("全部")), (ConsultationState.DRAFT, _("没保存的")), (ConsultationState.SAVED, _("已保存"))]
    context = {
        "keyset": keyset,
        "lines": [line(row, user, now(request)) for row in keyset.rows],
        "options": [{"url": f"?state={code}", "label": name, "pressed": chosen == code} for code, name in options],
        "drafts": queries.drafts_of(user).count(),
        "export_url": export_url(request, "consultations.consultations"),
    }
    return page(request, "consultations/list.html", context, partial="rows" if "after" in request.GET else "")


@require_http_methods(["GET", "POST"])
@needs(ConsultationPermission.VIEW)
def consultation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One interview: the sheet for the doctor who holds the draft, else what was found. POST saves the draft."""
    found, user = find(request, pk), reader(request)
    if request.method == "POST":
        return submitted(request, found)
    record_read("consultations.consultation.read", by=user, at=now(request), customer_id=found.customer_id,
                subject=Subject(KIND, found.pk), node_id=found.customer.node_id)  # fmt: skip
    if found.state == ConsultationState.DRAFT and holds(user, found):
        return sheet_page(request, found, found.sheet.answers)
    return _findings_page(request, found)


def _findings_page(request: HttpRequest, found: Consultation) -> HttpResponse:
    user = reader(request)
    saved = found.state in {ConsultationState.SAVED, ConsultationState.SUPERSEDED}
    newer = found.corrections.exclude(state=ConsultationState.DISCARDED).first()
    context = {
        "line": line(found, user, now(request)),
        "consultation": found,
        "customer": found.customer,
        "view": view_of(found.customer, now(request)),
        "findings": queries.findings(found) if saved else None,
        "newer": newer,
        "correctable": found.state == ConsultationState.SAVED and newer is None and queries.conducts(user),
        "handovers": found.handovers.select_related("giver", "taker"),
    }
    return page(request, "consultations/findings.html", context)
