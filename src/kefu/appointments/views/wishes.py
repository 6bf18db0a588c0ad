"""What an address wishes for: the free slots that fit it, and the one that was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from kefu.appointments.addresses import query
from kefu.appointments.forms.desk import WishForm
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.openings import Opening, Wish, openings
from kefu.appointments.queries.types import offered_choices
from kefu.appointments.views.choosing import doctors_of, nodes_for
from kefu.appointments.wording import spoken_time
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.days import moment_in
from kefu.organisation.models import Node, User

SHOWN = 40
WAIT_DAYS = timedelta(days=13)
"""How long somebody waits who did not say until when: two weeks, counted with the first day."""
NAMES = ("node", "doctor", "first", "last", "type", "part")


@dataclass(frozen=True)
class Choice:
    """A slot as a link that chooses it."""

    opening: Opening
    url: str
    pressed: bool


@dataclass(frozen=True)
class Chosen:
    """The slot an address names, whether or not it is still free."""

    doctor: User
    node: Node
    start: datetime
    spoken: str

    @property
    def url(self) -> str:
        """The address that names it."""
        return f"?{query(node=self.node.pk, doctor=self.doctor.pk, start=self.start)}"


@dataclass
class Asked:
    """A wish with what fits it."""

    form: WishForm
    choices: list[Choice] = field(default_factory=list)
    chosen: Chosen | None = None

    @property
    def days(self) -> list[tuple[date, list[tuple[User, Node, list[Choice]]]]]:
        """The slots by day, and by doctor and centre within a day."""
        return [
            (day, [(*who, list(slots)) for who, slots in groupby(sorted(rows, key=_who), key=lambda one: (one.opening.doctor, one.opening.node))])
            for day, rows in groupby(self.choices, key=lambda one: timezone.localdate(one.opening.slot.start))
        ]  # fmt: skip


def _who(choice: Choice) -> tuple[str, int, datetime]:
    return choice.opening.doctor.job_number, choice.opening.node.pk, choice.opening.slot.start


def asked_of(
    request: StaffRequest, usual: Mapping[str, Any], permission: AppointmentPermission, *, preselect: bool
) -> Asked:
    """The wish of an address, with what is usual where it says nothing; `preselect` chooses the first free slot when none is named."""
    params = request.GET
    nodes = nodes_for(request.user, permission)
    start = moment_of(params)
    values = {name: params[name] if name in params else usual.get(name) or "" for name in NAMES}
    if start is not None and not values["first"]:
        values["first"] = timezone.localdate(start).isoformat()
    form = WishForm(values, nodes=nodes, doctors=doctors_of(nodes), types=offered_choices(nodes))
    if not form.is_valid():
        return Asked(form)
    given = form.cleaned_data
    where = [given["node"]] if given["node"] else list(nodes)
    wish = Wish(
        where, given["first"] or timezone.localdate(request.at), given["last"], {given["doctor"].pk} if given["doctor"] else None, given["part"], given["type"],
    )  # fmt: skip
    found = openings(wish, request.at, SHOWN) if where else []
    chosen = _chosen(request, given, start) or (_first(found, request.at) if preselect and start is None else None)
    return Asked(form, list(_choices(params, found, chosen)), chosen)


def moment_of(params: QueryDict) -> datetime | None:
    """The moment that `start` names; None for what is none."""
    moment = moment_in(params.get("start", "").replace(" ", "+"))
    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment


def _chosen(request: StaffRequest, given: Mapping[str, Any], start: datetime | None) -> Chosen | None:
    if start is None or not given["doctor"] or not given["node"]:
        return None
    return Chosen(given["doctor"], given["node"], start, spoken_time(start, request.at))


def _first(found: list[Opening], at: datetime) -> Chosen | None:
    return next((Chosen(one.doctor, one.node, one.slot.start, spoken_time(one.slot.start, at)) for one in found), None)


def _choices(params: QueryDict, found: Iterable[Opening], chosen: Chosen | None) -> Iterable[Choice]:
    kept = {name: params[name] for name in ("first", "last", "type", "part") if params.get(name)}
    for one in found:
        asked = query(**kept, node=one.node.pk, doctor=one.doctor.pk, start=one.slot.start)
        pressed = chosen is not None and (chosen.doctor, chosen.node, chosen.start) == (
            one.doctor,
            one.node,
            one.slot.start,
        )
        yield Choice(one, f"?{asked}", pressed)


def wished(asked: Asked, at: datetime, *, missed: bool) -> dict[str, Any]:
    """What somebody would wait for who found nothing: the time that was just taken, else the days and the part of the day looked for."""
    given = getattr(asked.form, "cleaned_data", {})
    known = {name: given[name].pk for name in ("node", "doctor") if given.get(name)} | {"type": given.get("type", "")}
    if missed and asked.chosen is not None:
        start = timezone.localtime(asked.chosen.start)
        return known | {
            "node": asked.chosen.node.pk,
            "doctor": asked.chosen.doctor.pk,
            "first": start.date(),
            "last": start.date(),
            "hour": start.time(),
        }
    first = max(given.get("first") or timezone.localdate(at), timezone.localdate(at))
    return known | {"first": first, "last": given.get("last") or first + WAIT_DAYS, "parts": given.get("part", "")}


def instead(refused: Mapping[str, object], chosen: Chosen, at: datetime) -> list[tuple[str, str]]:
    """The times a refusal offers, in words and as links."""
    rows: Any = refused.get("alternatives") or []
    moments = [datetime.fromisoformat(str(row["start"])) for row in rows]
    where = {"node": chosen.node.pk, "doctor": chosen.doctor.pk}
    return [(spoken_time(one, at), f"?{query(**where, start=one)}") for one in moments]
