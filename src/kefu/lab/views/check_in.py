"""收样: scan, look, three checks; what came in today and what should have."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kefu.customers.models import Customer
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.kernel.errors import OutOfScope
from kefu.kernel.ids import parse_number
from kefu.lab.actions import Finding, check_samples, undo_check
from kefu.lab.choices import OrderStatus, SampleState
from kefu.lab.forms import CheckForm
from kefu.lab.models import Sample
from kefu.lab.permissions import LabPermission
from kefu.lab.presentation import sample_rows
from kefu.lab.queries import samples as reading
from kefu.lab.queries.addresses import subject_of
from kefu.lab.queries.orders import open_order

SHOWS: tuple[tuple[str, object], ...] = (
    ("", gettext_lazy("待收")),
    ("late", gettext_lazy("该到没到")),
    ("checked", gettext_lazy("已核对")),
)


@require_GET
@needs(LabPermission.SAMPLE_CHECK)
def check_in(request: StaffRequest) -> HttpResponse:
    """The scan field, what was scanned, what was just checked and what is missing (LAB-006, LAB-010)."""
    code = request.GET.get("code", "").strip()
    return _check_in_page(request, code, CheckForm())


def _check_in_page(request: StaffRequest, code: str, form: CheckForm) -> HttpResponse:
    at, user = now(request), request.user
    found = reading.scanned(code, user)
    current = [sample for sample in found if sample.state == SampleState.AWAITED] or found[:1]
    if current:
        order = current[0].order
        record_read(
            "lab.sample.read",
            by=user,
            at=at,
            subject=subject_of(order),
            customer_id=order.customer_id,
            node_id=order.node_id,
        )
    context = {
        "code": code, "form": form, "rows": sample_rows(current, at), "first": current[0] if current else None,
        "checkable": bool(current) and current[0].state == SampleState.AWAITED,
        "siblings": _siblings(request, current), "numbers": reading.today_in_numbers(user, at),
        "done": sample_rows(reading.just_checked(user, at), at), "late": reading.awaited(user, at, limit=8),
    }  # fmt: skip
    return page(request, "lab/check_in.html", context)


def _siblings(request: StaffRequest, current: list[Sample]) -> list[object]:
    if not current:
        return []
    shown = {sample.pk for sample in current}
    others = [sample for sample in reading.siblings(current[0]) if sample.pk not in shown]
    for sample in others:
        sample.order = current[0].order
    return list(sample_rows(others, now(request)))


@require_POST
@needs(LabPermission.SAMPLE_CHECK)
def checks(request: StaffRequest) -> HttpResponseBase:
    """Record the three checks of the samples that were scanned."""
    ids = [pk for text in request.POST.getlist("sample") if (pk := parse_number(text)) is not None]
    mine = Sample.objects.visible_to(request.user, LabPermission.SAMPLE_CHECK)
    samples = list(reading.with_order(mine.filter(pk__in=ids)).order_by("pk"))
    if not samples or len(samples) != len(ids):
        raise OutOfScope()
    code, form = request.POST.get("code", samples[0].barcode), CheckForm(request.POST)
    if not form.is_valid():
        answer = _check_in_page(request, code, form)
        answer.status_code = 422
        return answer
    data = form.cleaned_data
    findings = [
        Finding(sample, data["contents"], data["number"], data["quality"], data["reason"], data["note"])
        for sample in samples
    ]
    return act(
        request,
        lambda: check_samples(order=samples[0].order, findings=findings, by=request.user, at=now(request)),
        success=lambda _done: _said(samples, findings[0].qualified), to=reverse("lab:check_in"), form=form,
        render=lambda: _check_in_page(request, code, form),
    )  # fmt: skip


def _said(samples: list[Sample], qualified: bool) -> str:
    told = {"samples": "、".join(sample.barcode for sample in samples), "order": samples[0].order.number}
    if not qualified:
        return _("%(samples)s 不合格，已请健康管理师联系客户重新采样。") % told
    left = Sample.objects.filter(order=samples[0].order_id, state=SampleState.AWAITED).count()
    if left:
        return _("%(samples)s 合格。检测单 %(order)s 还差 %(left)s 件。") % (told | {"left": left})
    return _("%(samples)s 合格。检测单 %(order)s 收齐，检测中。") % told


@require_POST
@needs(LabPermission.SAMPLE_CHECK)
def check_cancellation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a mistaken check back for a reason."""
    sample = get_object_or_404(
        reading.with_order(Sample.objects.visible_to(request.user, LabPermission.SAMPLE_CHECK)), pk=pk
    )
    return act(
        request,
        lambda: undo_check(sample=sample, reason=request.POST.get("reason", ""), by=request.user, at=now(request)),
        success=_("已撤销 %s 的核对，可以重新收样。") % sample.barcode,
        to=f"{reverse('lab:check_in')}?code={sample.barcode}",
    )


@require_GET
@needs(LabPermission.SAMPLE_VIEW)
def sample_list(request: StaffRequest) -> HttpResponse:
    """Samples that are awaited, overdue, or checked."""
    show = request.GET.get("show", "")
    order = ("-checked_at", "-id") if show == "checked" else ("due_on", "id")
    samples = reading.samples_listed(request.user, request.GET, now(request))
    keyset = Keyset(samples, order=order, cursor=request.GET.get("after"))
    options = [Option(label, f"?show={code}", pressed=show == code) for code, label in SHOWS]
    context = {"keyset": keyset, "rows": sample_rows(keyset.rows, now(request)), "options": options, "show": show}
    context["export_url"] = export_url(request, "lab.samples")
    return page(request, "lab/samples.html", context, partial="rows")


@require_GET
@needs(LabPermission.SAMPLE_CHECK)
def next_samples(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """To checking in the samples of the customer's order that waits for them."""
    get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    waiting = open_order(customer_id, request.user, (OrderStatus.CUSTOMER_SAMPLING, OrderStatus.RESAMPLING))
    return redirect(f"{reverse('lab:check_in')}?code={waiting.number}" if waiting else reverse("lab:check_in"))
