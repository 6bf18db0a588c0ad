"""Who comes, where and when: drawn from the house's seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from kefu.config.demo.walk import Walk
from kefu.config.demo.year.house import DAYS, House, pick
from kefu.kernel.worktime import is_workday

FIRST_PHONE = 10_000_001_000
"""The year's numbers; they cannot be dialled, nor can those before and after."""
MOST = 6_000
MOST_BUSY = 1.5
"""Saturdays and Sundays bring nobody, so this is only how much one working day differs from another."""


def people(house: House) -> Iterator[tuple[Walk, datetime]]:
    """The customers of the year in the order of their coming, each with the moment of the first contact."""
    chance = house.chance("people")
    names = _names(house, chance)
    moments = sorted(
        (moment, centre) for centre, count in _shares(house) for moment in _comings(house, centre, count, chance)
    )
    for place, (moment, centre) in enumerate(moments):
        code, sex = f"Y{place + 1:04d}", chance.choice(("female", "female", "female", "male", "male"))
        row = {
            "code": code, "name": next(names[sex]), "sex": sex, "birth_date": _born(chance, moment.date()).isoformat(),
            "phone": str(FIRST_PHONE + place), "node": centre, "source": pick(chance, house.words["sources"]),
            "doctor": chance.choice(house.centre(centre)["doctors"]), "health_manager": house.centre(centre)["managers"][0],
        }  # fmt: skip
        walk = Walk(house.world, row, house.people, house.walks, place)
        house.walks[code] = walk
        yield walk, moment


def _shares(house: House) -> Iterator[tuple[str, int]]:
    rows = list(house.words["centres"].items())
    left = house.size
    for code, row in rows[1:]:
        count = house.size * row["share"] // 100
        left -= count
        yield code, count
    yield rows[0][0], left


def _comings(house: House, centre: str, count: int, chance: Random) -> list[datetime]:
    """Moments by season, growth and weekday."""
    calendar, seasons, growth = house.hours(centre).calendar, house.words["seasons"], house.words["growth"]
    days = [house.day(number) for number in range(house.centre(centre)["opens"], DAYS - 1)]
    days = [day for day in days if is_workday(calendar, day.date())]
    weights = [
        seasons[day.month - 1] * (1 + (growth - 1) * number / len(days)) * chance.uniform(1, MOST_BUSY)
        for number, day in enumerate(days)
    ]
    chosen = chance.choices(days, weights, k=count)
    return [house.hours(centre).soon(day, chance, 0, 470) for day in chosen]


def _born(chance: Random, on: date) -> date:
    """Grown-ups of all ages, most of them in the middle of life."""
    age = min(max(chance.gauss(46, 13), 19), 86)
    return on - timedelta(days=int(age * 365.25))


def _names(house: House, chance: Random) -> dict[str, Iterator[str]]:
    surnames, given = house.words["surnames"], house.words["given"]
    names: dict[str, list[str]] = {
        sex: [f"{family}示{own}" for family in surnames for own in dict.fromkeys(given[sex])] for sex in given
    }
    taken: set[str] = set()
    for sex, found in names.items():
        names[sex] = [name for name in found if name not in taken]
        taken |= set(found)
        chance.shuffle(names[sex])
    return {sex: iter(found) for sex, found in names.items()}
