"""Flags, incidents, business cards, days of life, telling, and death."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.customers.actions.deaths import correct_death, record_death
from kefu.customers.actions.facts import allow_telling, file_card, note_day, reveal_card, save_card, strike_day
from kefu.customers.actions.flags import end_flag, note_incident, set_flag
from kefu.customers.facts_forms import CardForm, DayOfLifeForm, DeathForm, FlagForm, IncidentForm, TellingForm
from kefu.customers.facts_tab import facts_url
from kefu.customers.models import BusinessCard, FamilyLink, Flag, LifeEvent
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.views.asked import customer_of
from kefu.customers.views.details import revealed
from kefu.customers.views.small import save
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page
from kefu.kernel import phones


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT, CustomerPermission.FLAG_WARN)
def flags(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Set a flag (CUS-033, CUS-034)."""
    customer = customer_of(request, customer_id)
    return save(
        request, customer, FlagForm(request.POST), _("已标记。"),
        lambda given: set_flag(customer=customer, **given, by=request.user, at=now(request)), facts_url(customer.pk),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT, CustomerPermission.FLAG_WARN)
def flag_ending(request: StaffRequest, customer_id: int, flag_id: int) -> HttpResponseBase:
    """End a flag, saying why."""
    customer = customer_of(request, customer_id)
    flag = get_object_or_404(Flag.objects.select_related("customer"), pk=flag_id, customer=customer)
    reason = request.POST.get("reason", "")
    return act(request, lambda: end_flag(flag=flag, reason=reason, by=request.user, at=now(request)),
               success=_("标记已取消。"), to=facts_url(customer.pk))  # fmt: skip


@require_POST
@needs(CustomerPermission.IDENTITY_CHECK)
def incidents(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Note what happened with somebody without full capacity (CUS-034)."""
    customer = customer_of(request, customer_id)
    return save(
        request, customer, IncidentForm(request.POST), _("已记录。"),
        lambda given: note_incident(customer=customer, **given, by=request.user, at=now(request)), facts_url(customer.pk),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def card(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Write the business card (CUS-031)."""
    customer = customer_of(request, customer_id)
    return save(
        request, customer, CardForm(request.POST), _("名片已保存，等主管归档。"),
        lambda given: save_card(customer=customer, values=given, by=request.user, at=now(request)), facts_url(customer.pk),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.CONTACT_REVEAL)
def card_phone(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the card's number in full for some seconds; who, when and what for is written first (SEC-003)."""
    customer = customer_of(request, customer_id)
    found = get_object_or_404(BusinessCard.objects.select_related("customer"), customer=customer)
    return revealed(
        request, phones.mask(found.phone), _("电话"), reverse("customers:business_card_phone", args=[customer.pk]),
        lambda purpose: reveal_card(card=found, purpose=purpose, by=request.user, at=now(request)),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.OWNER_ASSIGN)
def card_filing(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """The supervisor files the card (CUS-031)."""
    customer = customer_of(request, customer_id)
    found = get_object_or_404(BusinessCard.objects.select_related("customer"), customer=customer)
    return act(request, lambda: file_card(card=found, by=request.user, at=now(request)),
               success=_("名片已归档。"), to=facts_url(customer.pk))  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def days(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Keep a day of the customer's life (CUS-032)."""
    customer = customer_of(request, customer_id)
    return save(
        request, customer, DayOfLifeForm(request.POST), _("已记下。"),
        lambda given: note_day(customer=customer, **given, by=request.user, at=now(request)), facts_url(customer.pk),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def day_striking(request: StaffRequest, customer_id: int, event_id: int) -> HttpResponseBase:
    """Strike out a day that was wrong (CUS-032)."""
    customer = customer_of(request, customer_id)
    event = get_object_or_404(LifeEvent.objects.select_related("customer"), pk=event_id, customer=customer)
    return act(request, lambda: strike_day(event=event, by=request.user, at=now(request)),
               success=_("已划掉。"), to=facts_url(customer.pk))  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def telling(request: StaffRequest, customer_id: int, link_id: int) -> HttpResponseBase:
    """Say what a guardian or proxy may be told."""
    customer = customer_of(request, customer_id)
    link = get_object_or_404(FamilyLink.objects.select_related("customer"), pk=link_id, customer=customer, active=True)
    return save(
        request, customer, TellingForm(request.POST), _("已记下可以告知什么。"),
        lambda given: allow_telling(link=link, **given, by=request.user, at=now(request)), facts_url(customer.pk),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.ARCHIVE_EDIT, CustomerPermission.OWNER_ASSIGN)
def death(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """The customer died: everything stops."""
    customer = customer_of(request, customer_id)
    form = DeathForm(request.POST or None)

    def render() -> HttpResponse:
        context = {"form": form, "customer": customer, "view": view_of(customer, now(request))}
        return page(request, "customers/death.html", context, status=422 if request.method == "POST" else 200)

    def write(given: dict[str, Any]) -> object:
        return record_death(customer=customer, **given, by=request.user, at=now(request))

    if request.method != "POST" or not form.is_valid():
        return render()
    return act(request, lambda: write(form.cleaned_data), form=form, render=render, success=_("已登记，预约、回访和消息都已停止。"),
               to=reverse("customers:page", args=[customer.pk]))  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.OWNER_ASSIGN)
def death_correction(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """It was a mistake; for those who answer for the customers of the centre."""
    customer = customer_of(request, customer_id)
    context = {
        "question": _("%s没有去世？") % customer.name, "verb": _("更正去世登记"), "danger": False, "view": view_of(customer, now(request)),
        "consequence": _("档案恢复原来的状态；取消的预约和回访要重新安排。"), "customer": customer,
        "url": reverse("customers:death_correction", args=[customer.pk]), "keep_url": reverse("customers:page", args=[customer.pk]),
    }  # fmt: skip
    if request.method != "POST":
        return page(request, "customers/confirm.html", context)
    reason = request.POST.get("reason", "")
    if not reason.strip():
        return page(request, "customers/confirm.html", context | {"reason_error": _("请写明原因。")}, status=422)
    return act(request, lambda: correct_death(customer=customer, reason=reason, by=request.user, at=now(request)),
               success=_("已更正。"), to=str(context["keep_url"]))  # fmt: skip
