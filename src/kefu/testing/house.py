"""The whole house of the cast: everything a centre needs to serve a customer from the first call to the last follow-up."""

from __future__ import annotations

from datetime import date, time

from kefu.appointments.actions import add_hours
from kefu.customers.content import load as load_sources
from kefu.foundation.worktime.content import load_calendars
from kefu.journey.content import load_journeys
from kefu.messaging.content import load as load_messages
from kefu.organisation.models import Room, User
from kefu.questionnaires.content import load as load_questionnaires
from kefu.testing.cast import Cast, build_cast
from kefu.testing.stories import stocked_centre

PASSWORD = "chaoyang-2026-story"  # noqa: S105  of people who exist only in tests


def build_house() -> Cast:
    """The cast with calendars, questionnaires, catalogue, journey, messages, a stocked centre and the doctors' hours; all can log in."""
    cast = build_cast()
    load_calendars(by=None, at=cast.at)
    load_sources(by=None, at=cast.at)
    load_questionnaires(by=cast.admin, at=cast.at)
    load_messages(by=cast.admin, at=cast.at)
    load_journeys(by=cast.admin, at=cast.at)
    stocked_centre(cast)
    _open_clinic(cast)
    _give_passwords(cast)
    return cast


def _open_clinic(cast: Cast) -> None:
    """Both Beijing doctors, every weekday from nine to twelve, half an hour each."""
    for doctor, room in ((cast.doctor, Room.objects.get(code="BJ-R1")), (cast.doctor2, None)):
        for weekday in range(5):
            add_hours(
                doctor=doctor, node=cast.bj, room=room, weekday=weekday, opens=time(9), closes=time(12), slot_minutes=30,
                valid_from=date(2026, 1, 5), by=cast.director, at=cast.at,
            )  # fmt: skip


def _give_passwords(cast: Cast) -> None:
    """One hash for all: making it is slow on purpose."""
    cast.admin.set_password(PASSWORD)
    User.objects.filter(is_system=False).update(password=cast.admin.password)
