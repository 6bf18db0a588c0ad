"""Referrals: the list, the verbs on a customer's page, and the reward plans (CUS-026, CUS-027)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers import queries
from kefu.customers.actions.referrals import add_plan, note_moment, refer, reward, settle_prompt, step_referral
from kefu.customers.choices import ReferralStatus
from kefu.customers.forms import reachable_nodes
from kefu.customers.models import Referral, ReferralPrompt, RewardPlan
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.queries.referrals import known_to, plans_listed, referrals_listed, totals
from kefu.customers.referrals_forms import MomentForm, PlanForm, ReferForm, SettleForm, StepForm
from kefu.customers.referrals_tab import LOOK, name_of, referrals_url
from kefu.customers.views.asked import customer_of
from kefu.customers.views.small import save
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.kernel.errors import Invalid


@require_GET
@needs(CustomerPermission.GRADING_VIEW)
def referral_list(request: StaffRequest) -> HttpResponse:
    """Who brought whom, with totals by occasions and persons (CUS-026)."""
    user, at, status = request.user, now(request), request.GET.get("status", "")
    found = referrals_listed(user, request.GET, at)
    keyset = Keyset(found, order=("-on", "-id"), cursor=request.GET.get("after", ""))
    options = [Option(_("全部"), "?", pressed=not status)]
    options += [Option(one.label, f"?status={one.value}", pressed=status == one) for one in ReferralStatus]
    known = known_to(user, [one.referred_id for one in keyset.rows])
    context = {
        "keyset": keyset, "options": options, "totals": totals(found), "export_url": export_url(request, "customers.referrals"),
        "rows": [(one, view_of(one.referrer, at), name_of(one.referred, known), LOOK[ReferralStatus(one.came_to)]) for one in keyset.rows],
    }  # fmt: skip
    return page(request, "customers/referrals.html", context, partial="rows")


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def referring(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """The customer brought somebody (CUS-026)."""
    customer = customer_of(request, customer_id)

    def write(given: dict[str, Any]) -> object:
        referred = queries.by_reference(request.user, given["referred"])
        if referred is None:
            raise Invalid.one("referred", "unknown", _("没有找到这位客户，请从列表里选。"))
        return refer(referrer=customer, referred=referred, on=given["on"], by=request.user, at=now(request))

    return save(request, customer, ReferForm(request.POST), _("转介绍已登记。"), write, referrals_url(customer.pk))


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def referral_step(request: StaffRequest, customer_id: int, referral_id: int) -> HttpResponseBase:
    """The referred person came further (CUS-026)."""
    customer = customer_of(request, customer_id)
    referral = get_object_or_404(Referral.objects.select_related("referrer"), pk=referral_id, referrer=customer)
    return save(
        request, customer, StepForm(request.POST), _("进展已记录。"),
        lambda given: step_referral(referral=referral, **given, by=request.user, at=now(request)), referrals_url(customer.pk),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def rewarding(request: StaffRequest, customer_id: int, referral_id: int) -> HttpResponseBase:
    """Give the referrer what a plan says (CUS-027)."""
    customer = customer_of(request, customer_id)
    referral = get_object_or_404(Referral.objects.select_related("referrer"), pk=referral_id, referrer=customer)
    chosen = request.POST.get("plan", "")
    plan = get_object_or_404(RewardPlan, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
    return act(request, lambda: reward(referral=referral, plan=plan, by=request.user, at=now(request)),
               success=_("已记下给介绍人的好处。"), to=referrals_url(customer.pk))  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_VIEW)
def moments(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """A colleague saw a good moment to ask (CUS-027)."""
    customer = customer_of(request, customer_id)
    return save(
        request, customer, MomentForm(request.POST), _("已提醒负责人请客户介绍。"),
        lambda given: note_moment(customer=customer, **given, by=request.user, at=now(request)),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def prompt_settling(request: StaffRequest, customer_id: int, prompt_id: int) -> HttpResponseBase:
    """The customer was asked and named nobody (CUS-027)."""
    customer = customer_of(request, customer_id)
    prompt = get_object_or_404(ReferralPrompt.objects.select_related("customer"), pk=prompt_id, customer=customer)
    return save(
        request, customer, SettleForm(request.POST), _("已记下。"),
        lambda given: settle_prompt(prompt=prompt, **given, by=request.user, at=now(request)), referrals_url(customer.pk),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.REFERRAL_PLANS)
def plan_list(request: StaffRequest) -> HttpResponseBase:
    """The reward plans, and a new one (CUS-027)."""
    user, at = request.user, now(request)
    form = PlanForm(request.POST or None, nodes=reachable_nodes(user, CustomerPermission.REFERRAL_PLANS))
    here = reverse("customers:referral_plans")

    def render() -> HttpResponse:
        keyset = Keyset(
            plans_listed(user, request.GET, at), order=("-valid_from", "-id"), cursor=request.GET.get("after", "")
        )
        context = {"form": form, "keyset": keyset, "today": timezone.localdate(at)}
        context["export_url"] = export_url(request, "customers.referral_plans")
        return page(request, "customers/referral_plans.html", context, status=422 if request.method == "POST" else 200)

    if request.method != "POST" or not form.is_valid():
        return render()
    return act(
        request,
        lambda: add_plan(**form.cleaned_data, by=user, at=at),
        form=form,
        render=render,
        success=_("奖励办法已登记。"),
        to=here,
    )
