"""What happens once in the year: own types of visits, plans, groups, prices, leave, a stand-in, a colleague who comes and goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kefu.administration.actions.roles import grant_role
from kefu.administration.actions.stand_ins import offer_stand_in
from kefu.administration.actions.users import create_user
from kefu.appointments.actions import add_type, take_leave
from kefu.config.demo.year.agenda import Course
from kefu.config.demo.year.desks import caring
from kefu.config.demo.year.house import House
from kefu.customers.actions.referrals import add_plan
from kefu.customers.actions.segments import add_segment
from kefu.foundation.assignments.actions import accept
from kefu.foundation.assignments.queries import open_offers
from kefu.foundation.audit.trail import Subject
from kefu.organisation.models import Role, User
from kefu.people.actions.departures import close_account, open_departure, tick_task
from kefu.people.actions.handing_over import hand_over_at_once
from kefu.people.models import DepartureTask
from kefu.people.queries.departures import held_ids
from kefu.products.actions.prices import change_price

PERSONNEL, ADMIN, PRODUCTS = "1024", "1002", "1008"
NOTICE_DAYS = 60
"""Before the day of leave, so that nothing is booked then yet."""


def planned(house: House) -> Course:
    """What centres offer of their own, the reward plan of the house and the groups its people work with."""
    row = house.words["plan"]
    at = yield house.day(row["day"], 10)
    for kind in house.words["visit_types"]:
        add_type(**kind | {"node": house.nodes[kind["node"]]}, by=house.people[ADMIN], at=at)
    for code, centre in house.words["centres"].items():
        plan = add_plan(
            node=house.nodes[code], name=row["name"], benefit=row["benefit"], earned_at=row["earned_at"],
            valid_from=at.date(), by=house.people[centre["director"]], at=at,
        )  # fmt: skip
        house.plans[code] = plan
    for row in house.words["segments"]:
        at = yield at + timedelta(minutes=20)
        add_segment(
            name=row["name"],
            node=house.nodes[row["node"]],
            definition=row["definition"],
            by=house.people[row["by"]],
            at=at,
        )


def repriced(house: House, row: Mapping[str, Any]) -> Course:
    """A price changes."""
    at = yield house.hours("HQ").open_at(house.day(row["day"], 10))
    by, reason, factor = house.people[PRODUCTS], row["reason"], Decimal(row["factor"])
    if "test" in row:
        item = house.tests[row["test"]]
        change_price(entry=item, price=_times(item.price, factor), reason=reason, by=by, at=at)
    else:
        product = house.products[row["product"]]
        change_price(entry=product, price=_times(product.price, factor), reason=reason, by=by, at=at)


def _times(price: Decimal | None, factor: Decimal) -> Decimal:
    return ((price or Decimal(0)) * factor).quantize(Decimal(1))


def away(house: House, row: Mapping[str, Any]) -> Course:
    """A doctor takes a day of leave, announced long before."""
    doctor = house.people[row["doctor"]]
    at = yield house.hours("HQ").open_at(house.day(row["day"] - NOTICE_DAYS, 10))
    centre = next(row for code, row in house.words["centres"].items() if code == doctor.node.code)
    day = house.hours(doctor.node.code).daily(house.day(row["day"]), at.time()).date()
    take_leave(
        doctor=doctor, first=day, last=day, reason=row["reason"], node=doctor.node,
        by=house.people[centre["director"]], at=at,
    )  # fmt: skip


def stood_in(house: House, row: Mapping[str, Any]) -> Course:
    """A manager is away for days and a colleague acts for her."""
    absent, substitute = house.people[row["absent"]], house.people[row["substitute"]]
    at = yield house.hours(absent.node.code).open_at(house.day(row["day"] - 4, 15))
    start = house.day(row["day"], 8)
    stand_in = offer_stand_in(
        absent=absent, substitute=substitute, starts_at=start, ends_at=start + timedelta(days=row["days"]),
        reason=row["reason"], by=absent, at=at,
    )  # fmt: skip
    at = yield at + timedelta(minutes=35)
    offer = open_offers(Subject("organisation.stand_in", stand_in.pk)).get()
    accept(assignment=offer, by=substitute, at=at)


def came_and_left(house: House) -> Course:
    """A health manager is taken on, and leaves months later; her customers go to her colleagues."""
    row, centre = house.words["leaver"], house.leavers_centre
    admin, personnel, director = (
        house.people[ADMIN],
        house.people[PERSONNEL],
        house.people[house.centre(centre)["director"]],
    )
    at = yield house.hours("HQ").open_at(house.day(row["hired"], 9))
    hired = _hire(house, row, admin, at)
    house.people[row["job_number"]] = hired
    house.agenda.begin(f"desk {hired.job_number}", caring(house, centre, hired.job_number, at))
    last_day = house.hours(centre).open_at(house.day(row["leaves"], 17))
    at = yield house.hours("HQ").open_at(last_day - timedelta(days=30))
    leaving = open_departure(
        user=hired, reason=row["reason"], last_day=last_day.date(), note=row["note"], by=personnel, at=at
    )
    at = yield house.hours(centre).open_at(last_day - timedelta(days=2, hours=6))
    takers = [house.people[number] for number in house.centre(centre)["managers"]]
    for code, ids in held_ids(hired, last_day.date(), at).items():
        hand_over_at_once(
            departure=leaving, code=code, ids=ids, takers=takers, reason=row["handed"], by=director, at=at
        )
    at = yield last_day
    for task in DepartureTask.objects.filter(departure=leaving).order_by("pk"):
        tick_task(task=task, done=True, by=personnel, at=at)
    close_account(departure=leaving, by=personnel, at=at)
    hired.refresh_from_db()


def _hire(house: House, row: Mapping[str, Any], admin: User, at: datetime) -> User:
    """An account, and the role of a health manager at the centre."""
    node = house.nodes[house.leavers_centre]
    hired = create_user(
        username=row["job_number"], job_number=row["job_number"], name=row["name"], node=node, sex=row["sex"],
        undertaking_signed_on=at.date(), by=admin, at=at,
    ).user  # fmt: skip
    grant_role(
        user=hired, role=Role.objects.get(code="health_manager"), node=node, valid_from=at.date(), by=admin, at=at
    )
    return User.objects.select_related("node").get(pk=hired.pk)
