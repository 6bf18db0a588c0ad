"""The waitlist, as people make it their own: whoever came first stands first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import ON_WAITLIST, PlaceAnswer, WaitState
from kefu.appointments.listing import type_in
from kefu.appointments.models import OfferedPlace, WaitlistEntry
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.wording import wait_words
from kefu.customers.presentation import person, view_of
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.foundation.exchange.permissions import ExchangePermission
from kefu.foundation.lists.columns import Column
from kefu.foundation.lists.picking import picked
from kefu.foundation.lists.specs import ListSpec, Named
from kefu.foundation.ui.inputs import Verb
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User

TAKEN_AWAY = "appointments.waitlist"
FILTERS = ("state", "node", "doctor", "type")
ALL, LATEST = "all", "latest"
PLACE = Prefetch(
    "places", OfferedPlace.objects.filter(answer=PlaceAnswer.OPEN).select_related("doctor"), to_attr="open_places"
)


def asked_in(params: QueryDict) -> dict[str, Any]:
    """What an address narrows the list by: those who still wait, unless it says otherwise."""
    state = params.get("state", "")
    return {
        "state": state if state in (*WaitState.values, ALL) else "",
        "node": parse_number(params.get("node")),
        "doctor": parse_number(params.get("doctor")),
        "type": type_in(params),
    }


def _rows(user: User, params: QueryDict, at: datetime) -> QuerySet[WaitlistEntry]:
    asked = asked_in(params)
    rows: QuerySet[WaitlistEntry] = _visible(user)
    if asked["state"] != ALL:
        rows = rows.filter(state=asked["state"]) if asked["state"] else rows.filter(state__in=ON_WAITLIST)
    rows = rows.filter(**{name: asked[name] for name in ("node", "doctor", "type") if asked[name]})
    only = picked(params)
    return rows if only is None else rows.filter(pk__in=only)


def _visible(user: User) -> QuerySet[WaitlistEntry]:
    rows = WaitlistEntry.objects.visible_to(user, AppointmentPermission.BOOK)
    return rows.select_related("customer", "doctor", "node", "appointment").prefetch_related(PLACE)


def _reaches(user: User, permission: Permission, row: WaitlistEntry) -> bool:
    return access_of(user).may_in(permission, row.node_id)


def _url(row: WaitlistEntry) -> str:
    return reverse("appointments:waiting", args=[row.pk])


def _kept(row: WaitlistEntry) -> OfferedPlace | None:
    places: list[OfferedPlace] = row.open_places  # type: ignore[attr-defined]
    return places[0] if places else None


COLUMNS: tuple[Column[WaitlistEntry], ...] = (
    Column("since", _("候补起"), lambda row, reader: row.since, "moment", fixed=True, order="since"),
    Column("customer", _("客户"), lambda row, reader: view_of(row.customer, reader.at), "customer", fixed=True),
    Column("type", _("事项"), lambda row, reader: row.type.label, "code"),
    Column("doctor", _("医生"), lambda row, reader: person(row.doctor, reader.user) if row.doctor else None, "person"),
    Column("days", _("等什么时间"), lambda row, reader: wait_words(row, reader.at)),
    Column("node", _("中心"), lambda row, reader: row.node.label, "code"),
    Column("state", _("状态"), lambda row, reader: row.shown, "status", exported=((_("状态"), lambda row, reader: row.get_state_display()),)),
    Column("place", _("空位"), lambda row, reader: place.start if (place := _kept(row)) else None, "moment"),
    Column("until", _("保留到"), lambda row, reader: place.until if (place := _kept(row)) else None, "moment"),
    Column("channel", _("来源"), lambda row, reader: row.get_channel_display(), "code", shown=False),
    Column("note", _("备注"), lambda row, reader: row.note, shown=False),
    Column("open", _("看候补"), lambda row, reader: Verb(_("看候补"), _url(row)), "verb", fixed=True, exported=()),
)  # fmt: skip
WAITLIST = ListSpec(
    code="waitlist", title=_("候补"), url_name="appointments:waitlist", permission=AppointmentPermission.BOOK, share=AppointmentPermission.SCHEDULE,
    columns=COLUMNS, orders={"since": ("since", "id"), LATEST: ("-since", "-id")}, filters=FILTERS, visible=_visible, rows=_rows,
    named=lambda row: Named(row.type.label, row.customer.name, _url(row)), reaches=_reaches,
    export=lambda: reverse("exchange:export", args=[TAKEN_AWAY]), export_needs=ExchangePermission.LIST_EXPORT,
)  # fmt: skip
