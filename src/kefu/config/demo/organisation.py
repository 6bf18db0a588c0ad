"""The chain: nodes, rooms, staff with their roles, doctors with their qualification, clinic hours, sources of customers."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from kefu.appointments.actions import add_hours, take_leave
from kefu.config.demo.world import World
from kefu.customers.models import Source
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.names import read_name
from kefu.kernel.worktime.calendars import WEEKDAYS
from kefu.organisation.choices import Level
from kefu.organisation.models import Function, Grant, Node, Role, RoleCell, Room, User
from kefu.people.actions import certify, record_agreement, register_doctor

HEAD_OFFICE = "HQ"


@action
def found_chain(*, world: World, by: User, at: datetime) -> None:
    """Open the places, take on the staff and give them their roles; every account is closed to logging in so far."""
    nodes = _nodes(world)
    Room.objects.bulk_create(
        Room(code=row["code"], node=nodes[row["node"]], zh=row["zh"], en=row["en"], kind=row["kind"])
        for row in world.rows("rooms")
    )
    people = _staff(world, nodes, at)
    granted = _grants(world, nodes, people, at)
    Source.objects.bulk_create(
        [Source(code=row["code"], zh=row["zh"], en=row["en"]) for row in world.rows("sources")], ignore_conflicts=True
    )
    record(
        "demo.chain.founded", by=by, at=at, subject=Subject("node", nodes[HEAD_OFFICE].pk), node_id=nodes[HEAD_OFFICE].pk,
        changes={"nodes": (None, len(nodes)), "staff": (None, len(people)), "grants": (None, granted)},
    )  # fmt: skip


def take_on_doctors(*, world: World, at: datetime) -> None:
    """Personnel registers and certifies the doctors, the directors write down their clinic hours and leave."""
    people = {user.job_number: user for user in User.objects.select_related("node").filter(is_system=False)}
    personnel = next(people[row["job_number"]] for row in world.rows("staff") if "hr_manager" in row["roles"])
    for row in world.rows("doctors"):
        doctor = register_doctor(
            user=people[row["job_number"]], employment=row["employment"], specialty_zh=row["specialty"],
            specialty_en=row["specialty_en"], by=personnel, at=at,
        )  # fmt: skip
        certify(doctor=doctor, by=personnel, at=at)
        if row.get("agreement"):
            record_agreement(doctor=doctor, signed_on=at.date(), by=personnel, at=at)
    for row in world.rows("timetables"):
        _hours(row, people, at)
    for row in world.rows("leaves"):
        day = world.day(row["date"])
        take_leave(
            doctor=people[row["doctor"]], first=day, last=day, reason=row["reason"],
            node=Node.objects.get(code=row["node"]), by=people[row["by"]], at=at,
        )  # fmt: skip


def _nodes(world: World) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for row in world.rows("nodes"):
        parent = nodes[row["parent"]] if row["parent"] else None
        nodes[row["code"]], _made = Node.objects.update_or_create(
            code=row["code"],
            defaults={
                "zh": row["zh"], "en": row["en"], "kind": row["kind"], "parent": parent, "calendar_code": row["calendar"],
                "phone": row.get("phone", ""), "address": row.get("address", ""),
            },
        )  # fmt: skip
    return nodes


def _staff(world: World, nodes: dict[str, Node], at: datetime) -> dict[str, User]:
    usernames = {row["job_number"]: row["role"] for row in world.rows("logins")}
    people = {}
    for row in world.rows("staff"):
        number, reading = row["job_number"], read_name(row["name"])
        user = User(
            username=usernames.get(number, number), job_number=number, name=row["name"], pinyin=reading.full, sex=row["sex"],
            initials=reading.initials, node=nodes[row["node"]], undertaking_signed_on=at.date(), is_demo=True,
        )  # fmt: skip
        user.set_unusable_password()
        people[number] = user
    User.objects.bulk_create(people.values())
    return people


def _grants(world: World, nodes: dict[str, Node], people: dict[str, User], at: datetime) -> int:
    roles = {role.code: role for role in Role.objects.all()}
    reader = _reader(world.content["reader"])
    wide = set(world.content["granted_at_head_office"])
    given = [
        (people[row["job_number"]], roles[role], nodes[HEAD_OFFICE if role in wide else row["node"]])
        for row in world.rows("staff")
        for role in row["roles"]
    ]
    given += [(people[row["job_number"]], roles[row["role"]], nodes[row["node"]]) for row in world.rows("more_grants")]
    given.append((people[world.content["reader"]["job_number"]], reader, nodes[HEAD_OFFICE]))
    Grant.objects.bulk_create(Grant(user=u, role=r, node=n, valid_from=at.date()) for u, r, n in given)
    return len(given)


def _reader(row: dict[str, Any]) -> Role:
    """A role that may look at everything, so that a visitor of the demo sees every page; results before review stay closed."""
    role = Role.objects.create(code=row["code"], zh=row["zh"], en=row["en"], scope="all", pack="demo")
    RoleCell.objects.bulk_create(
        RoleCell(role=role, function=function, level=Level.VIEW)
        for function in Function.objects.exclude(code__in=row["except"])
    )
    return role


def _hours(row: dict[str, Any], people: dict[str, User], at: datetime) -> None:
    node, room = Node.objects.get(code=row["node"]), Room.objects.get(code=row["room"])
    for weekday in map(WEEKDAYS.index, row["days"]):
        for opens, closes in (hours.split("-") for hours in row["hours"]):
            add_hours(
                doctor=people[row["doctor"]], node=node, room=room, weekday=weekday, opens=time.fromisoformat(opens),
                closes=time.fromisoformat(closes), slot_minutes=row["slot_minutes"], valid_from=at.date(),
                by=people[row["by"]], at=at,
            )  # fmt: skip
