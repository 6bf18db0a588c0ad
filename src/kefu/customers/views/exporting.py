"""Taking the customer list away."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from kefu.customers import actions, queries
from kefu.customers.forms import ExportForm
from kefu.customers.narrowing import ListForm
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.lists.picking import ROW
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import now, page, put_errors
from kefu.kernel.errors import Invalid, Refused


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.LIST_EXPORT)
def export_form(request: StaffRequest) -> HttpResponse:
    """The list with the filters of the address, once its purpose is said (SEC-001, SEC-003)."""
    narrow = ListForm(request.GET).narrow(timezone.localdate(now(request)))
    form = ExportForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, form, 422 if request.method == "POST" else 200)
    try:
        file = actions.export_customers(
            narrow=narrow, columns=request.GET.getlist("columns"), **form.cleaned_data, by=request.user, at=now(request)
        )
    except Invalid as error:
        put_errors(form, error)
        return _asked(request, form, 422)
    except Refused as error:
        form.add_error(None, str(error))
        return _asked(request, form, 409)
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, file.name))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(request: StaffRequest, form: KefuForm, status: int) -> HttpResponse:
    narrow = ListForm(request.GET).narrow(timezone.localdate(now(request)))
    found, kept = queries.exportable(request.user, narrow), request.GET.copy()
    kept.pop(ROW, None)
    context = {
        "form": form, "first": list(found[:1]), "picked": found.count() if narrow.only is not None else 0,
        "back": f"{reverse('customers:list')}?{kept.urlencode()}",
    }  # fmt: skip
    return page(request, "customers/export.html", context, status=status)
