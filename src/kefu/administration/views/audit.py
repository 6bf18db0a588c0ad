"""`/audit/`: the trail, which itself records who looks (SEC-003)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kefu.administration.actions.audit import note_reading, reveal_personal
from kefu.administration.forms.audit import AuditForm
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.audit import Asked, entries, lines
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import Keyset, page

ORDER = ("-at", "-id")


@needs(AdministrationPermission.AUDIT_READ)
@never_cache
@require_GET
def audit(request: StaffRequest) -> HttpResponse:
    """Rows, latest first; personal values stay concealed until asked for one by one."""
    form = AuditForm(request.GET or None)
    asked = Asked()
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        asked = Asked(data["person"], data["customer"], data["code"], data["kind"], data["day"])
    words = {
        "person": asked.person, "customer": str(asked.customer_id or ""), "code": asked.code, "kind": asked.kind,
        "day": str(asked.day or ""),
    }  # fmt: skip
    keyset = Keyset(entries(request.user, asked), ORDER, cursor=request.GET.get("after", ""))
    note_reading(asked=words, customer_id=asked.customer_id, by=request.user, at=request.at)
    context = {
        "form": form,
        "keyset": keyset,
        "lines": lines(keyset.rows),
        "filtered": urlencode({name: value for name, value in words.items() if value}),
        "columns": [{"label": label} for label in (_("时间"), _("谁"), _("事项"), _("对象"), _("变化"), _("来处"))],
    }
    return page(request, "administration/audit.html", context, status=200 if not form.errors else 422)


@needs(AdministrationPermission.AUDIT_READ)
@never_cache
@require_POST
def audit_personal(request: StaffRequest, entry_id: int) -> HttpResponse:
    """The personal values of one row; the look is recorded."""
    entry = get_object_or_404(entries(request.user, Asked()), pk=entry_id)
    opened = reveal_personal(entry=entry, by=request.user, at=request.at)
    context = {"entry": entry, "erased": opened is None, "values": list((opened or {}).items())}
    return page(request, "administration/audit_personal.html", context)
