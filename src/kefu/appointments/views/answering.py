"""The times among which whoever answers a request chooses, and those that were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from kefu.appointments.models import AppointmentRequest
from kefu.appointments.queries import free_slots
from kefu.appointments.queries.requests import Proposal, keys_of, offers_of, practising_at, proposals
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.days import day_in, moment_in
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User

DAY_SLOTS = 40


@dataclass(frozen=True)
class Choice:
    """What a page offers: times nearest to the wish, those told to the customer, and the free ones of a day one asked for."""

    near: list[Proposal]
    told: list[Proposal]
    until: datetime | None
    doctors: list[User]
    doctor: User | None
    day: date | None
    of_day: list[Proposal] = field(default_factory=list)


def chosen_times(request: StaffRequest, asked: AppointmentRequest) -> Choice:
    """The times of the request's page; `doctor` and `day` in the address ask for a day of a doctor."""
    offers = offers_of(asked, request.at)
    doctors = [asked.about.doctor] if asked.about else list(practising_at(asked.node, request.at))
    doctor = next((one for one in doctors if str(one.pk) == request.GET.get("doctor")), None)
    day = day_in(request.GET.get("day", ""))
    free = free_slots(doctor, asked.node, day, request.at, asked.type_id, keys_of(asked)) if doctor and day else []
    found = free[:DAY_SLOTS]
    told = [Proposal(one.doctor, one.start) for one in offers]
    return Choice(
        near=proposals(asked, request.at, beside=told), told=told,
        until=offers[0].until if offers else None, doctors=doctors, doctor=doctor, day=day,
        of_day=[Proposal(doctor, slot.start) for slot in found] if doctor else [],
    )  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """The times a form sent."""

    times: list[Proposal]

    @classmethod
    def read(cls, keys: Sequence[str]) -> Chosen:
        """Raises Invalid (`times`) for what is no time of a doctor."""
        times = []
        for key in keys:
            number, _at, moment = key.partition("@")
            doctor = User.objects.filter(pk=parse_number(number) or 0, is_active=True).first()
            start = _moment(moment)
            if doctor is None or start is None:
                raise Invalid.one("times", "unknown", _("请从列出的时间里选。"))
            times.append(Proposal(doctor, start))
        return cls(times)

    def single(self) -> Proposal:
        """The one time. Raises Invalid (`times`) for none."""
        if not self.times:
            raise Invalid.one("times", "required", _("请选一个时间。"))
        return self.times[0]


def _moment(text: str) -> datetime | None:
    found = moment_in(text)
    return found if found is not None and found.utcoffset() is not None else None
