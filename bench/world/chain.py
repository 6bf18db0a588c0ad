"""Thirteen centres with their people, the shipped content, and a warehouse of six hundred products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from kefu.appointments.models import ClinicSchedule
from kefu.customers.models import Source
from kefu.foundation.worktime.content import load_calendars
from kefu.journey.content import load_journeys
from kefu.messaging.content import load as load_messages
from kefu.organisation.models import Grant, Node, Role, User
from kefu.people.models import Doctor
from kefu.stock.models import Warehouse
from kefu.testing.cast import AT, PEOPLE, Cast, build_cast
from kefu.testing.stories import stocked_centre

CENTRES = 12
"""Beside Beijing."""
POSTS = ("doctor", "doctor", "health_manager", "health_manager", "centre_director")
LONG_AGO = date(2020, 1, 1)
FORENOON, AFTERNOON = (time(9), time(12)), (time(13), time(17))


@dataclass(frozen=True)
class Team:
    """A centre with the doctors and health managers its customers are assigned to."""

    node: Node
    doctors: tuple[User, ...]
    managers: tuple[User, ...]
    director: User


@dataclass(frozen=True)
class Chain:
    """The whole chain; the first team is Beijing's."""

    cast: Cast
    teams: tuple[Team, ...]
    warehouse: Warehouse
    source: Source


def found_chain() -> Chain:
    """Set up the chain in an empty, migrated database."""
    cast = build_cast()
    load_calendars(by=cast.system, at=AT)
    load_messages(by=cast.system, at=AT)
    load_journeys(by=cast.system, at=AT)
    warehouse = stocked_centre(cast)
    teams = (Team(cast.bj, (cast.doctor, cast.doctor2), (cast.manager, cast.manager2), cast.director), *_others(cast))
    Grant.objects.update(valid_from=LONG_AGO)
    _open_clinics(teams)
    source, _made = Source.objects.get_or_create(code="walk_in", defaults={"zh": "到店", "en": "Walk-in"})
    return Chain(cast, teams, warehouse, source)


def known_chain() -> Chain:
    """The chain of a database that was filled before."""
    people = {user.username: user for user in User.objects.select_related("node")}
    nodes = {node.code: node for node in Node.objects.all()}
    named = {key: people[key] for key in PEOPLE}
    cast = Cast(
        at=AT,
        hq=nodes["HQ"],
        bj=nodes["BJ"],
        sh=nodes["SH"],
        system=people["system"],
        lab_system=people["lab-system"],
        **named,
    )
    teams = [Team(cast.bj, (cast.doctor, cast.doctor2), (cast.manager, cast.manager2), cast.director)]
    for number in range(1, CENTRES + 1):
        first, second, *managers, director = (people[f"c{number}-{post}-{place}"] for place, post in enumerate(POSTS))
        teams.append(Team(nodes[f"C{number:02}"], (first, second), tuple(managers), director))
    return Chain(cast, tuple(teams), Warehouse.objects.get(code="WH-BJ"), Source.objects.get(code="walk_in"))


def _others(cast: Cast) -> list[Team]:
    roles = {role.code: role for role in Role.objects.all()}
    return [_team(number, cast, roles) for number in range(1, CENTRES + 1)]


def _team(number: int, cast: Cast, roles: dict[str, Role]) -> Team:
    node = Node.objects.create(
        code=f"C{number:02}", zh=f"第{number}中心", en=f"Centre {number}", kind="centre", parent=cast.hq
    )
    people = [
        User(username=f"c{number}-{post}-{place}", job_number=f"{5000 + number * 10 + place}", name=f"同事{number}{place}",
             node=node, undertaking_signed_on=LONG_AGO, password="!")  # noqa: S106
        for place, post in enumerate(POSTS)
    ]  # fmt: skip
    User.objects.bulk_create(people)
    Grant.objects.bulk_create(
        Grant(user=user, role=roles[post], node=node, valid_from=LONG_AGO)
        for user, post in zip(people, POSTS, strict=True)
    )
    Doctor.objects.bulk_create(
        Doctor(
            user=user, employment="full_time", specialty_zh="营养与代谢", certified_on=LONG_AGO, certified_by=cast.admin
        )
        for user in people[:2]
    )
    return Team(node, tuple(people[:2]), tuple(people[2:4]), people[4])


def _open_clinics(teams: tuple[Team, ...]) -> None:
    ClinicSchedule.objects.bulk_create(
        ClinicSchedule(doctor=doctor, node=team.node, weekday=weekday, opens=opens, closes=closes, slot_minutes=30, valid_from=AT.date() - timedelta(days=365))
        for team in teams for doctor in team.doctors for weekday in range(7) for opens, closes in (FORENOON, AFTERNOON)
    )  # fmt: skip
