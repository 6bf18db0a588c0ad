"""Pages of messages to many: the list, writing one, and one with what would or did come of it (FUP-008)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.followup.actions.pushes import approve_push, draft_push, pause_push, register_words, run_push, stop_push
from kefu.followup.brought import brought
from kefu.followup.choices import PushKind, PushState
from kefu.followup.limits import PER_MINUTE
from kefu.followup.models import Push
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.push_forms import PushForm
from kefu.followup.queries.pushes import audience, forecast, outcome, words_of
from kefu.followup.rights import sends_for
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.messaging.actions import send_test
from kefu.messaging.forms import RegistrationForm
from kefu.messaging.registering import places_for, registration_of, registrations

VERBS: dict[str, tuple[Callable[..., Push], object]] = {
    "approval": (approve_push, gettext_lazy("已批准，可以开始发。")),
    "start": (run_push, gettext_lazy("开始发送。")),
    "pause": (pause_push, gettext_lazy("已暂停，写好的会发完，不再写新的。")),
    "stop": (stop_push, gettext_lazy("已停止，没发出的都收回了。")),
}


@require_GET
@needs(FollowUpPermission.PUSH_VIEW)
def pushes(request: StaffRequest) -> HttpResponse:
    """What is or was sent to many, newest first."""
    rows = Push.objects.visible_to(request.user).select_related("made_by", "segment", "node")
    keyset = Keyset(rows, ("-id",), cursor=request.GET.get("after", ""))
    may = access_of(request.user).may(FollowUpPermission.PUSH)
    return page(
        request,
        "followup/pushes.html",
        {"keyset": keyset, "may": may, "export_url": export_url(request, "followup.push")},
        partial="rows",
    )


@require_http_methods(["GET", "POST"])
@needs(FollowUpPermission.PUSH)
def push_new(request: StaffRequest) -> HttpResponseBase:
    """Write one."""
    user, at = request.user, request.at
    form = PushForm(
        request.POST or None, user=user, initial={"per_minute": PER_MINUTE.on(at), "channels": ["wechat", "sms"]}
    )

    def render() -> HttpResponse:
        return page(request, "followup/push_form.html", {"form": form}, status=422 if request.method == "POST" else 200)

    if request.method != "POST" or not form.is_valid():
        return render()
    return act(
        request, lambda: draft_push(**form.given(), by=user, at=at), form=form, render=render, success=_("写好了，请同事批准后再发。"),
        to=lambda made: reverse("followup:push", args=[made.pk]),
    )  # fmt: skip


@require_GET
@needs(FollowUpPermission.PUSH_VIEW)
def push(request: StaffRequest, pk: int) -> HttpResponse:
    """One push: before it starts what would happen, then what came of it."""
    found, user = _push(request, pk), request.user
    template = words_of(found)
    whole = sends_for(user, found.node_id)
    mine = found.made_by_id == user.pk and access_of(user).may(FollowUpPermission.PUSH)
    begun = found.started_at is not None
    context = {
        "push": found, "words": template, "begun": begun,
        "forecast": None if begun or found.state == PushState.STOPPED else forecast(audience(found, request.at), template, request.at),
        "outcome": outcome(found) if begun else None, "brought": brought(found, request.at) if begun and found.kind == PushKind.CAMPAIGN else None,
        "may_approve": whole and found.made_by_id != user.pk and found.state == PushState.DRAFT,
        "may_run": whole or mine,
        "may_try": (whole or mine) and not begun,
        "registrations": [one for one in registrations(template) if one.needed or one.kept],
        "may_register": (whole or mine) and found.state == PushState.DRAFT,
        "export_url": export_url(request, "followup.push", push=str(found.pk)) if begun else "",
    }  # fmt: skip
    return page(request, "followup/push.html", context)


@require_POST
@needs(FollowUpPermission.PUSH)
def push_step(request: StaffRequest, pk: int, verb: str) -> HttpResponseBase:
    """Approve, start or go on, pause, stop."""
    found, (do, words) = _push(request, pk), VERBS[verb]
    return act(request, lambda: do(push=found, by=request.user, at=request.at), success=words, to=_url(found))


@require_POST
@needs(FollowUpPermission.PUSH)
def push_test(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Send the words to one's own number or address."""
    found = _push(request, pk)
    return act(
        request,
        lambda: send_test(template=words_of(found), permission=FollowUpPermission.PUSH, by=request.user, at=request.at),
        success=_("测试消息已发给您自己。"),
        to=_url(found),
    )


@require_http_methods(["GET", "POST"])
@needs(FollowUpPermission.PUSH)
def push_registration(request: StaffRequest, pk: int, provider: str, language: str) -> HttpResponseBase:
    """Say what a provider calls its copy of the words."""
    found = _push(request, pk)
    template = words_of(found)
    registration = registration_of(template, provider, language)
    if registration is None:
        raise Http404
    places = places_for(template, registration.provider)
    form = RegistrationForm(registration, places, request.POST or None)

    def render() -> HttpResponse:
        context = {"registration": registration, "form": form, "words": template.en if language == "en" else template.zh,
                   "places": places, "back_url": _url(found)}  # fmt: skip
        return page(
            request, "messaging/registration_form.html", context, status=422 if request.method == "POST" else 200
        )

    if request.method != "POST" or not form.is_valid():
        return render()
    return act(
        request,
        lambda: register_words(
            push=found, provider=registration.provider, language=registration.language, **form.cleaned_data, by=request.user, at=request.at
        ),
        success=_("登记已保存。"), to=_url(found), form=form, render=render,
    )  # fmt: skip


def _push(request: StaffRequest, pk: int) -> Push:
    rows = Push.objects.visible_to(request.user).select_related("made_by", "approved_by", "segment", "node")
    return get_object_or_404(rows, pk=pk)


def _url(found: Push) -> str:
    return reverse("followup:push", args=[found.pk])
