"""How near a deal is: the first entry after a talk, and the next ones when they fall due."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from kefu.config.demo.year.life import Life
from kefu.customers.actions.standing import Classified, track
from kefu.customers.choices import DealState, Demand, Importance
from kefu.customers.models import Standing
from kefu.customers.queries.standing import counting_deal

IMPORTANCE = (Importance.KEY, Importance.ORDINARY, Importance.ORDINARY, Importance.ORDINARY, Importance.MINOR)
AMOUNTS = tuple(map(Decimal, (1500, 3000, 5000, 8000, 12000)))


def first_entry(life: Life, at: datetime) -> None:
    """The manager says how near a deal is."""
    wanted = Demand.TARGET if life.happens(70) else Demand.LATENT
    classes = Classified(
        demand=wanted, expected_on=at.date() + timedelta(days=life.chance.randint(40, 170)) if wanted == Demand.TARGET else None,
        deal_state=DealState.NEGOTIATING if wanted == Demand.TARGET else DealState.POTENTIAL,
        importance=life.chance.choice(IMPORTANCE), closable_amount=life.chance.choice(AMOUNTS),
    )  # fmt: skip
    _track(life, classes, at)


def next_entry(life: Life, standing: Standing, at: datetime) -> None:
    """What the manager learned this time: mostly the same as before."""
    on = at.date()
    if counting_deal(life.walk.customer).exists():
        classes = Classified(
            Demand.LATENT, None, DealState.CLOSED, Importance(standing.importance), standing.closable_amount
        )
    elif life.happens(12):
        classes = Classified(Demand.DEAD, None, DealState.POTENTIAL, Importance.MINOR)
    elif standing.demand != Demand.TARGET or life.happens(22):
        classes = Classified(
            Demand.LATENT, None, DealState.POTENTIAL, Importance(standing.importance), standing.closable_amount
        )
    else:
        expected = _expected(standing.expected_on, on, life.chance)
        classes = Classified(
            Demand.TARGET, expected, DealState.NEGOTIATING, Importance(standing.importance), standing.closable_amount
        )
    _track(life, classes, at)


def _expected(before: date | None, on: date, chance: Random) -> date:
    """The day that was named before, put off when it has come near."""
    if before is None or before < on + timedelta(days=20):
        return on + timedelta(days=chance.randint(40, 120))
    return before


def _track(life: Life, classes: Classified, at: datetime) -> None:
    track(
        customer=life.walk.customer,
        note=life.say("tracking"),
        classes=classes,
        reason=life.say("regraded"),
        by=life.manager,
        at=at,
    )
