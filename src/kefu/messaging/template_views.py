"""Pages of templates: the words, how they arrive, what providers have registered of them."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.messaging import queries
from kefu.messaging.actions import register_template, revise_template, send_test
from kefu.messaging.arriving import trial
from kefu.messaging.forms import ChosenForm, RegistrationForm, TemplateForm
from kefu.messaging.models import Template
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.previewing import grouped, preview
from kefu.messaging.registering import places_for, registration_of, registrations

OWN_WORDS = "push-"
"""Templates in somebody's own words, shown with what they were written for."""


@needs(MessagingPermission.TEMPLATE_VIEW)
@require_GET
def template_list(request: StaffRequest) -> HttpResponse:
    """All templates by group, with the length of their text messages."""
    context = {"groups": grouped(list(queries.current_templates().exclude(code__startswith=OWN_WORDS)), request.at)}
    return page(request, "messaging/templates.html", context)


@needs(MessagingPermission.TEMPLATE_VIEW)
@require_GET
def template_detail(request: StaffRequest, code: str) -> HttpResponse:
    """One template as it arrives, its places and its versions; with `?customer=` as that customer would get it."""
    template = _template(code)
    may_choose = allowed(request.user, CustomerPermission.ARCHIVE_VIEW)
    customer = _customer(request) if may_choose and request.GET.get("customer") else None
    context = {
        "template": template,
        "preview": preview(template, {}, request.at),
        "versions": queries.versions(code)[:50],
        "registrations": registrations(template),
        "may_edit": allowed(request.user, MessagingPermission.TEMPLATE_EDIT),
        "choice": ChosenForm({"customer": customer.pk, "customer_label": customer.name} if customer else None) if may_choose else None,
        "trial": trial(template, customer, request.at) if customer else None,
    }  # fmt: skip
    return page(request, "messaging/template.html", context)


@needs(MessagingPermission.TEMPLATE_EDIT)
@require_http_methods(["GET", "POST"])
def template_version(request: StaffRequest, code: str) -> HttpResponseBase:
    """Write a new version of a template."""
    template = _template(code)
    form = TemplateForm(template, request.POST or None)

    def show() -> HttpResponse:
        context = {"template": template, "form": form, "preview": preview(template, form.data or {}, request.at)}
        return page(request, "messaging/template_form.html", context)

    if request.method == "GET":
        return show()
    if not form.is_valid():
        response = show()
        response.status_code = 422
        return response
    return act(
        request,
        lambda: revise_template(code=code, texts=form.cleaned_data, by=request.user, at=request.at),
        success=_("新版本从现在起使用。"),
        to=f"/messages/templates/{code}/",
        form=form,
        render=show,
    )


@needs(MessagingPermission.TEMPLATE_EDIT)
@require_POST
def template_preview(request: StaffRequest, code: str) -> HttpResponse:
    """The words being written, as they would arrive."""
    return page(request, "messaging/preview.html", {"preview": preview(_template(code), request.POST, request.at)})


@needs(MessagingPermission.TEMPLATE_EDIT)
@require_POST
def template_test(request: StaffRequest, code: str) -> HttpResponseBase:
    """Send the words with sample values to one's own number or address."""
    template = _template(code)
    return act(
        request,
        lambda: send_test(template=template, by=request.user, at=request.at),
        success=_("测试消息已发给您自己。"),
        to=f"/messages/templates/{code}/",
    )


@needs(MessagingPermission.TEMPLATE_EDIT)
@require_http_methods(["GET", "POST"])
def template_registration(request: StaffRequest, code: str, provider: str, language: str) -> HttpResponseBase:
    """Say what a provider calls its copy of the words."""
    template = _template(code)
    registration = registration_of(template, provider, language)
    if registration is None:
        raise Http404
    form = RegistrationForm(registration, places_for(template, registration.provider), request.POST or None)
    back = f"/messages/templates/{code}/"

    def show() -> HttpResponse:
        context = {"registration": registration, "form": form, "words": template.en if language == "en" else template.zh, "back_url": back,
                   "places": places_for(template, registration.provider)}  # fmt: skip
        return page(
            request, "messaging/registration_form.html", context, status=422 if request.method == "POST" else 200
        )

    if request.method == "GET" or not form.is_valid():
        return show()
    return act(
        request,
        lambda: register_template(
            template=template, provider=registration.provider, language=registration.language, **form.cleaned_data, by=request.user, at=request.at
        ),
        success=_("登记已保存，等着登记的消息由管理员在后台任务里放行。"),
        to=back,
        form=form,
        render=show,
    )  # fmt: skip


def _customer(request: StaffRequest) -> Customer:
    """The customer in the address, if he or she is in reach."""
    seen = Customer.objects.visible_to(request.user, CustomerPermission.ARCHIVE_VIEW)
    people = seen.select_related("node__parent__parent", "doctor", "health_manager")
    chosen = request.GET["customer"]
    return get_object_or_404(people, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)


def _template(code: str) -> Template:
    return get_object_or_404(queries.current_templates(), code=code)
