"""What is done with a package, each on a page of its own: deduct, put right, freeze, pass on, give back; and what came of a reminder."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.billing import actions
from kefu.billing.models import Prepaid, PrepaidEntry, PrepaidLow
from kefu.billing.permissions import BillingPermission
from kefu.billing.prepaid_forms import DeductForm, FreezeForm, OutcomeForm, TransferForm, UnitsBackForm, WhyForm
from kefu.billing.queries.prepaid import worth_of
from kefu.billing.views.prepaid import package, shown
from kefu.customers.models import Customer
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.kernel.ids import parse_number
from kefu.kernel.money import show

KEEP, ASK = BillingPermission.PREPAID_KEEP, BillingPermission.REFUND_ASK
Words = tuple[str, str, str]
"""Title, verb and what follows from it."""


@needs(KEEP)
@require_http_methods(["GET", "POST"])
def deduction(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Deduct units that were used."""
    prepaid, today = package(request, pk), timezone.localdate(request.at)
    form = DeductForm(_sent(request), prepaid=prepaid, user=request.user, today=today)
    words = _("划课"), _("确认划课"), _("划错了用更正，两笔都留着。")
    return _verb(
        request,
        prepaid,
        form,
        words,
        lambda: actions.deduct(prepaid=prepaid, **form.cleaned_data, by=request.user, at=request.at),
    )


@needs(KEEP)
@require_http_methods(["GET", "POST"])
def freezing(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Freeze a package for some days."""
    prepaid = package(request, pk)
    form = FreezeForm(_sent(request), initial={"starts": timezone.localdate(request.at)})
    words = _("冻课"), _("确认冻结"), _("冻结的日子不能划课，有效期顺延同样多天。")
    return _verb(
        request,
        prepaid,
        form,
        words,
        lambda: actions.freeze(prepaid=prepaid, **form.cleaned_data, by=request.user, at=request.at),
    )


@needs(KEEP)
@require_POST
def thawing(request: StaffRequest, pk: int) -> HttpResponseBase:
    """End the freeze."""
    prepaid = package(request, pk)
    return act(
        request,
        lambda: actions.thaw(prepaid=prepaid, by=request.user, at=request.at),
        success=_("已解冻"),
        to=reverse("billing:prepaid", args=[pk]),
    )


@needs(KEEP)
@require_http_methods(["GET", "POST"])
def transferring(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give units to another customer."""
    prepaid = package(request, pk)
    form = TransferForm(_sent(request))
    reach = Customer.objects.visible_to(request.user, KEEP).select_related("node", "health_manager")
    field = form.fields["to"]
    field.resolve = lambda text: reach.filter(pk=parse_number(text) or 0).first()  # type: ignore[attr-defined]
    words = _("转课"), _("确认转课"), _("转出去的课不退钱；要退，先转回给买课的客户。")
    return _verb(
        request,
        prepaid,
        form,
        words,
        lambda: actions.transfer(prepaid=prepaid, **form.cleaned_data, by=request.user, at=request.at),
    )


@needs(ASK)
@require_http_methods(["GET", "POST"])
def refunding(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take unused units back for money."""
    prepaid = package(request, pk)
    form = UnitsBackForm(_sent(request), initial={"units": prepaid.balance})
    told = {"left": prepaid.balance, "price": show(worth_of(prepaid, prepaid.balance))}
    words = _("退课"), _("提交退课"), _("剩余 %(left)s，值 %(price)s。课马上减掉，已付的钱上一级批准后退。") % told
    return _verb(
        request,
        prepaid,
        form,
        words,
        lambda: actions.refund_units(prepaid=prepaid, **form.cleaned_data, by=request.user, at=request.at),
    )


@needs(KEEP)
@require_http_methods(["GET", "POST"])
def countering(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a deduction back by a counter entry."""
    entry = _entry(request, pk)
    form = WhyForm(_sent(request))
    words = _("更正划课"), _("确认更正"), _("划掉的 %(units)s 还给客户，原来那笔留着。") % {"units": -entry.units}
    return _verb(
        request,
        entry.prepaid,
        form,
        words,
        lambda: actions.counter(entry=entry, **form.cleaned_data, by=request.user, at=request.at),
    )


@needs(ASK)
@require_http_methods(["GET", "POST"])
def returning(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Put units back whose money was not given."""
    entry = _entry(request, pk)
    form = WhyForm(_sent(request))
    words = _("收回退课"), _("确认收回"), _("退掉的 %(units)s 还给客户，收费照旧。") % {"units": -entry.units}
    return _verb(
        request,
        entry.prepaid,
        form,
        words,
        lambda: actions.return_units(entry=entry, **form.cleaned_data, by=request.user, at=request.at),
    )


@needs(KEEP)
@require_POST
def outcome(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Say what came of a reminder."""
    reach = PrepaidLow.objects.filter(prepaid__in=Prepaid.objects.visible_to(request.user))
    low = get_object_or_404(reach.select_related("prepaid__customer"), pk=pk)
    form = OutcomeForm(request.POST)

    def drawn(status: int = 200) -> HttpResponse:
        return shown(request, package(request, low.prepaid_id), form, status)

    if not form.is_valid():
        return drawn(422)
    return act(
        request,
        lambda: actions.handle_low(low=low, outcome=form.cleaned_data["outcome"], by=request.user, at=request.at),
        success=_("已记下处理结果"),
        to=reverse("billing:prepaid", args=[low.prepaid_id]),
        form=form,
        render=drawn,
    )


def _sent(request: StaffRequest) -> object:
    return request.POST if request.method == "POST" else None


def _entry(request: StaffRequest, pk: int) -> PrepaidEntry:
    reach = PrepaidEntry.objects.filter(prepaid__in=Prepaid.objects.visible_to(request.user))
    return get_object_or_404(reach.select_related("prepaid__customer"), pk=pk)


def _verb(
    request: StaffRequest, prepaid: Prepaid, form: BaseForm, words: Words, run: Callable[[], object]
) -> HttpResponseBase:
    title, verb, consequence = words
    back = reverse("billing:prepaid", args=[prepaid.pk])

    def drawn(status: int = 200) -> HttpResponse:
        context = {
            "prepaid": prepaid,
            "form": form,
            "title": title,
            "verb": verb,
            "consequence": consequence,
            "back": back,
        }
        return page(request, "billing/prepaid_verb.html", context, status=status)

    if request.method == "GET":
        return drawn()
    if not form.is_valid():
        return drawn(422)
    return act(request, run, success=_("已完成：%(what)s") % {"what": title}, to=back, form=form, render=drawn)
