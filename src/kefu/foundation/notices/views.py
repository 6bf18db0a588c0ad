"""`/notices/`: the bell as a page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.notices import queries
from kefu.foundation.notices.actions import mark_all_read, mark_read


@everyone
@require_GET
def notice_list(request: StaffRequest) -> HttpResponse:
    """My notices, latest first; `?show=unread` only those that wait."""
    user, only_unread = request.user, request.GET.get("show") == "unread"
    unread = queries.unread_count(user)
    context = {
        "keyset": queries.page(user, request.GET.get("after", ""), only_unread=only_unread),
        "unread": unread,
        "choices": [
            {"url": "?", "label": _("全部"), "pressed": not only_unread},
            {"url": "?show=unread", "label": _("未读"), "count": unread, "pressed": only_unread},
        ],
        "columns": [{"label": _("时间")}, {"label": _("内容")}, {"label": _("办理"), "hidden": True}],
        "fresh": {"tone": "accent", "icon": "bell", "word": _("未读")},
        "readings_url": reverse("notice_readings"),
    }
    return render(request, "notices/list.html", context)


@everyone
@require_POST
def notice_reading(request: StaffRequest, notice_id: int) -> HttpResponse:
    """Take one notice as read and go where it leads."""
    notice = mark_read(notice_id=notice_id, by=request.user, at=request.at)
    ours = url_has_allowed_host_and_scheme(notice.link, {request.get_host()})
    return redirect(notice.link if notice.link and ours else "notice_list")


@everyone
@require_POST
def notice_readings(request: StaffRequest) -> HttpResponse:
    """Take all notices as read."""
    count = mark_all_read(by=request.user, at=request.at)
    messages.success(request, ngettext("%(count)d 条通知已读。", "%(count)d 条通知已读。", count) % {"count": count})
    return redirect("notice_list")
