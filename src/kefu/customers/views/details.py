"""Small things done on the customer page: contacts, family, identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.customers import actions, queries
from kefu.customers.choices import ContactKind
from kefu.customers.forms import ContactForm, FamilyForm, IdentityForm
from kefu.customers.limits import REVEAL_SECONDS
from kefu.customers.models import ContactPoint, Customer, FamilyLink
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.reading import mask
from kefu.customers.rules import mask_number
from kefu.customers.views.asked import customer_of
from kefu.customers.views.small import save
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page
from kefu.kernel import phones
from kefu.kernel.errors import Invalid


@require_POST
@needs(CustomerPermission.CONTACT_REVEAL)
def reveal(request: StaffRequest, customer_id: int, contact_id: int) -> HttpResponse:
    """Show one contact point in full for some seconds; who, when and what for is written first (SEC-003)."""
    customer = customer_of(request, customer_id)
    contact = _contact(customer, contact_id)

    def show(purpose: str) -> str:
        value = actions.reveal_contact(contact=contact, purpose=purpose, by=request.user, at=now(request))
        return phones.show(value) if contact.kind == ContactKind.PHONE else value

    url = reverse("customers:reveal", args=[customer.pk, contact.pk])
    return revealed(request, mask(contact), contact.get_kind_display(), url, show)


@require_POST
@needs(CustomerPermission.CONTACT_REVEAL)
def reveal_card(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the membership card's number in full for some seconds (SEC-003)."""
    customer = customer_of(request, customer_id)
    return revealed(
        request, mask_number(customer.card_number), _("会员卡"), reverse("customers:card_reveal", args=[customer.pk]),
        lambda purpose: actions.reveal_card(customer=customer, purpose=purpose, by=request.user, at=now(request)),
    )  # fmt: skip


def revealed(request: StaffRequest, masked: str, label: object, url: str, reveal: Callable[[str], str]) -> HttpResponse:
    """The value in full, once its purpose is said; without one it is asked for."""
    context: dict[str, object] = {"value": masked, "label": label}
    try:
        shown = reveal(request.POST.get("reason", ""))
    except Invalid:
        return page(request, "ui/masked.html", context | {"url": url, "reason": True}, status=422)
    return page(request, "ui/masked.html", context | {"shown": shown, "seconds": REVEAL_SECONDS.on(now(request))})


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def contacts(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Add a way to reach the customer."""
    customer = customer_of(request, customer_id)
    form = ContactForm(request.POST)
    return save(
        request,
        customer,
        form,
        _("联系方式已登记。"),
        lambda given: actions.add_contact(customer=customer, **given, by=request.user, at=now(request)),
    )


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def contact_retirement(request: StaffRequest, customer_id: int, contact_id: int) -> HttpResponseBase:
    """Stop using a contact point."""
    customer = customer_of(request, customer_id)
    contact = _contact(customer, contact_id)
    reason = request.POST.get("reason", "")
    return act(request, lambda: actions.retire_contact(contact=contact, reason=reason, by=request.user, at=now(request)),
               success=_("已停用。"), to=_page(customer))  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def family(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Enter a family member; an archive is named by its number or id."""
    customer = customer_of(request, customer_id)
    form = FamilyForm(request.POST)

    def add(given: dict[str, Any]) -> FamilyLink:
        relative = _relative(request, str(given.pop("relative")))
        return actions.add_family(customer=customer, relative=relative, by=request.user, at=now(request), **given)

    return save(request, customer, form, _("家人已登记。"), add)


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def family_ending(request: StaffRequest, customer_id: int, link_id: int) -> HttpResponseBase:
    """End a family link."""
    customer = customer_of(request, customer_id)
    link = get_object_or_404(FamilyLink.objects.select_related("customer"), pk=link_id, customer=customer, active=True)
    reason = request.POST.get("reason", "")
    return act(request, lambda: actions.end_family(link=link, reason=reason, by=request.user, at=now(request)),
               success=_("家庭关系已取消。"), to=_page(customer))  # fmt: skip


@require_POST
@needs(CustomerPermission.IDENTITY_CHECK)
def identity_checks(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Write how the identity was checked (CUS-037)."""
    customer = customer_of(request, customer_id)
    form = IdentityForm(request.POST, customer=customer)
    return save(
        request,
        customer,
        form,
        _("身份核对已记录。"),
        lambda given: actions.check_identity(customer=customer, **given, by=request.user, at=now(request)),
    )


def _contact(customer: Customer, contact_id: int) -> ContactPoint:
    return get_object_or_404(
        ContactPoint.objects.select_related("customer"), pk=contact_id, customer=customer, active=True
    )


def _relative(request: StaffRequest, text: str) -> Customer | None:
    if not text.strip():
        return None
    found = queries.by_reference(request.user, text.strip())
    if found is None:
        raise Invalid.one("relative", "unknown", _("没有找到这位客户，请从列表里选。"))
    return found


def _page(customer: Customer) -> str:
    return reverse("customers:page", args=[customer.pk])
