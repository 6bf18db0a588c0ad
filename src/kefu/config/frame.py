"""What stands around every page: navigation by role, quick create, the bell, today's line, warnings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kefu.config.limits import IDLE_MINUTES
from kefu.foundation.access.queries import Access, access_of
from kefu.foundation.jobs.queries import worker_alive
from kefu.foundation.notices.queries import bell_count
from kefu.foundation.slots.registry import NavItem, slots
from kefu.foundation.worktime.queries import day_note
from kefu.kernel.lunar import label as lunar_label
from kefu.organisation.models import Role, User

SECTIONS = {
    "today": _("今天"),
    "customers": pgettext_lazy("navigation", "客户"),
    "goods": _("货物"),
    "management": _("管理"),
}
DEMO_NOTICE = _("演示数据：医学内容须由执业医师审核、替换后方可使用。")


def frame(request: HttpRequest) -> dict[str, object]:
    """The context variable `frame` of every full page; empty for fragments and before login."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or getattr(request, "htmx", False):
        return {}
    at: datetime = request.at  # type: ignore[attr-defined]
    access = access_of(user)
    local = timezone.localtime(at)
    return {
        "frame": {
            "sections": _sections(access, request, at),
            "create": [
                {"url": reverse(item.url_name), "label": item.label}
                for item in sorted(slots.create.values(), key=lambda item: item.order)
                if item.permission is None or access.may(item.permission)
            ],
            "tabbar": _tabbar(access, request),
            "me": {"name": user.name, "role": _role_words(access), "node": user.node.label},
            "now": at,
            "lunar": lunar_label(local.date()),
            "day_note": day_note(user.node, at),
            "unread": bell_count(user),
            "worker_dead": not worker_alive(timezone.now()),
            "demo_notice": DEMO_NOTICE,
            "idle_minutes": IDLE_MINUTES.on(at),
            "urls": {
                "events": "/events/",
                "account": reverse("administration:account"),
                "password": reverse("password"),
                "colleagues": reverse("people:colleagues"),
                "stand_ins": reverse("administration:stand_ins"),
            },
        }
    }


def _sections(access: Access, request: HttpRequest, at: datetime) -> list[dict[str, object]]:
    home = {"url": reverse("workbench"), "label": _("工作台"), "icon": "layout-list", "key": "w",
            "current": request.path == reverse("workbench")}  # fmt: skip
    sections: list[dict[str, object]] = [{"title": "", "items": [home]}]
    for code, title in SECTIONS.items():
        items = [_place(item, request, access.user, at) for item in _items(access, code)]
        if items:
            sections.append({"title": title, "items": items})
    _only_the_longest([item for section in sections for item in cast(list[dict[str, object]], section["items"])])
    return sections


def _only_the_longest(items: list[dict[str, object]]) -> None:
    """Of places whose addresses begin alike, the one that says most is where one is."""
    current = [item for item in items if item["current"]]
    longest = max((len(str(item["url"])) for item in current), default=0)
    for item in current:
        item["current"] = len(str(item["url"])) == longest


def _items(access: Access, section: str) -> Iterable[NavItem]:
    ordered = sorted(slots.nav.values(), key=lambda item: item.order)
    return (item for item in ordered if item.section == section and access.may(item.permission))


def _place(item: NavItem, request: HttpRequest, user: User, at: datetime) -> dict[str, object]:
    url = reverse(item.url_name)
    return {
        "url": url,
        "label": item.label,
        "icon": item.icon,
        "key": item.key,
        "count": item.count(user, at) if item.count else None,
        "current": request.path.startswith(url),
    }


def _tabbar(access: Access, request: HttpRequest) -> list[dict[str, object]]:
    places = [
        {"url": reverse("workbench"), "label": _("工作台"), "icon": "layout-list", "current": request.path == "/"}
    ]
    for section in SECTIONS:
        for item in _items(access, section):
            url = reverse(item.url_name)
            places.append({"url": url, "label": item.label, "icon": item.icon, "current": request.path.startswith(url)})
    return places[:4]


def _role_words(access: Access) -> str:
    return "、".join(role.label for role in Role.objects.filter(code__in=access.roles))
