"""Booking step by step: item, centre, doctor, day, time; then everything read back before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from kefu.appointments.asked import Wish
from kefu.appointments.limits import REQUEST_HOURS
from kefu.appointments.models import Appointment, VisitType
from kefu.appointments.queries import customer_may_move
from kefu.customers.models import Customer
from kefu.foundation.ui.days import day_in, moment_in
from kefu.foundation.ui.http import now, put_errors
from kefu.kernel.errors import Invalid, Refused
from kefu.messaging.composing import place_values
from kefu.organisation.models import Node, User
from kefu.organisation.queries import SYSTEM, system_user
from kefu.portal import actions
from kefu.portal.actions.wishes import Told
from kefu.portal.forms import WishForm
from kefu.portal.inside import busy, customers_only, show
from kefu.portal.models import Visit
from kefu.portal.queries.choosing import PAGE, centres, days, doctors, items
from kefu.portal.queries.mine import appointments_of, privacy_notice

ANY = "any"


@dataclass(frozen=True)
class Chosen:
    """What the address says was chosen so far; anything that cannot be booked online counts as not chosen."""

    item: VisitType | None = None
    node: Node | None = None
    doctor: User | None = None
    any_doctor: bool = False
    start: datetime | None = None
    about: Appointment | None = None

    @property
    def who(self) -> bool:
        """Whether it was said with whom."""
        return self.any_doctor or self.doctor is not None

    @property
    def query(self) -> dict[str, str]:
        """As an address carries it."""
        values = {"about": self.about.pk} if self.about else {"item": self.item.code if self.item else None, "node": self.node.code if self.node else None,
                 "doctor": ANY if self.any_doctor else self.doctor.job_number if self.doctor else None}  # fmt: skip
        return {name: str(value) for name, value in values.items() if value}

    def url(self, **more: object) -> str:
        """The address of the next step."""
        return "?" + urlencode(self.query | {name: str(value) for name, value in more.items()})


@customers_only
@require_GET
def booking(request: HttpRequest, visit: Visit, customer: Customer | None) -> HttpResponse:
    """The first thing that is not chosen yet."""
    at, chosen = now(request), chosen_in(request, customer)
    context: dict[str, object] = {"visit": visit, "chosen": chosen}
    if chosen.about is not None and not customer_may_move(chosen.about, at):
        return redirect("portal:appointment", chosen.about.pk)
    if chosen.item is None:
        context |= {"step": "item", "items": [(one, chosen.url(item=one.code)) for one in items(at)]}
    elif chosen.node is None:
        context |= {"step": "node", "nodes": [(one, chosen.url(node=one.code)) for one in centres(at, chosen.item)]}
    elif not chosen.who:
        people = doctors(chosen.node, at)
        context |= {
            "step": "doctor",
            "any_url": chosen.url(doctor=ANY),
            "people": [(one, chosen.url(doctor=one.user.job_number)) for one in people],
        }
    else:
        context |= _times(request, chosen, at, known=customer is not None)
    return show(request, "booking", context)


def _times(request: HttpRequest, chosen: Chosen, at: datetime, *, known: bool) -> dict[str, object]:
    today = timezone.localdate(at)
    first = max(day_in(request.GET.get("from", "")) or today, today)
    assert chosen.node is not None and chosen.item is not None
    shown = days(_candidates(chosen, at), chosen.node, chosen.item.code, first, at)
    wanted = day_in(request.GET.get("day", ""))
    day = next((one for one in shown if one.day == wanted), None) or next((one for one in shown if one.times), None)
    place = reverse("portal:confirmation")
    return {
        "step": "time",
        "days": [(one, chosen.url(**{"from": first, "day": one.day})) for one in shown],
        "day": day,
        "times": [(start, place + chosen.url(start=start.isoformat())) for start, _doctor in day.times] if day else [],
        "before": chosen.url(**{"from": max(first - timedelta(days=PAGE), today)}) if first > today else "",
        "after": chosen.url(**{"from": first + timedelta(days=PAGE)}) if shown else "",
        "call": place_values(chosen.node)["phone"],
        "wait_url": reverse("portal:wait_new") + chosen.url() if known and chosen.about is None else "",
    }


@customers_only
@require_http_methods(["GET", "POST"])
def confirmation(request: HttpRequest, visit: Visit, customer: Customer | None) -> HttpResponseBase:
    """Item and time read back; who is new says who he or she is; then the request is sent."""
    at, chosen = now(request), chosen_in(request, customer)
    if chosen.item is None or chosen.node is None or not chosen.who or chosen.start is None:
        return redirect(reverse("portal:booking") + chosen.url())
    notice = privacy_notice(customer, at)
    form = WishForm(request.POST or None, known=customer is not None, agreed=notice is None)
    context = {
        "visit": visit, "chosen": chosen, "form": form, "notice": notice, "hours": REQUEST_HOURS.on(at, node_id=chosen.node.pk),
        "back": reverse("portal:booking") + chosen.url(day=timezone.localdate(chosen.start)), "call": place_values(chosen.node)["phone"],
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        return show(request, "confirmation", context, status=422 if form.errors else 200)
    data = form.cleaned_data
    told = Told(
        data.get("name", ""),
        data.get("sex", ""),
        data.get("email", ""),
        bool(data.get("agreed")),
        bool(data["read_back"]),
    )
    wish = Wish(chosen.item.code, chosen.node, chosen.doctor, chosen.start, data["wish"], chosen.about)
    try:
        made = actions.request_visit(
            visit=visit,
            customer=customer,
            wish=wish,
            told=told,
            candidates=_candidates(chosen, at),
            by=system_user(SYSTEM),
            at=at,
        )
    except Invalid as error:
        put_errors(form, error)
        return show(request, "confirmation", context, status=422)
    except Refused as error:
        if error.code == "too_many_requests":
            return busy(request, error)
        form.add_error(None, str(error))
        return show(request, "confirmation", context, status=409)
    return redirect("portal:asked", made.pk)


def _candidates(chosen: Chosen, at: datetime) -> list[User]:
    if chosen.doctor is not None:
        return [chosen.doctor]
    assert chosen.node is not None
    return [one.user for one in doctors(chosen.node, at)]


def chosen_in(request: HttpRequest, customer: Customer | None) -> Chosen:
    """What the address says. Raises Http404 for another time of somebody else's visit."""
    at, asked = now(request), request.GET
    start = _moment(asked.get("start", ""))
    if about := asked.get("about", ""):
        if not about.isdecimal() or len(about) > 18:
            raise Http404
        visit = get_object_or_404(appointments_of(customer), pk=about)
        return Chosen(visit.type, visit.node, visit.doctor, start=start, about=visit)
    item = next((one for one in items(at) if one.code == asked.get("item")), None)
    node = next((one for one in centres(at, item) if one.code == asked.get("node")), None) if item else None
    people = doctors(node, at) if node and asked.get("doctor", ANY) != ANY else []
    doctor = next((one.user for one in people if one.user.job_number == asked.get("doctor")), None)
    return Chosen(item, node, doctor, node is not None and asked.get("doctor") == ANY, start)


def _moment(text: str) -> datetime | None:
    found = moment_in(text)
    return found if found is not None and found.utcoffset() is not None else None
