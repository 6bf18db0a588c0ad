"""Customers for the stories."""

from kefu.customers.actions import create_lead, open_archive
from kefu.customers.models import Customer, Source


def source(code: str = "walk_in", zh: str = "到店") -> Source:
    """A source of customers."""
    return Source.objects.get_or_create(code=code, defaults={"zh": zh, "en": "Walk-in"})[0]


def lead(cast, name: str = "沈知夏", phone: str = "13812346021", **details) -> Customer:
    """A lead at the Beijing centre, registered by 何示文."""
    by, at = details.pop("by", cast.manager), details.pop("at", cast.at)
    return create_lead(name=name, phone=phone, by=by, at=at, **details).customer


def opening(cast, **changes) -> dict:
    """Everything an archive needs."""
    given = {"doctor": cast.doctor, "health_manager": cast.manager, "node": cast.bj, "source": source(), "age": 41, "sex": "female",
             "remarks": "路过进店"}  # fmt: skip
    return {**given, **changes}


def archive(cast, name: str = "沈知夏", phone: str = "13812346021", **changes) -> Customer:
    """A customer with an archive at the Beijing centre: doctor 何示宁, health manager 何示文."""
    by = changes.pop("by", cast.manager)
    person = lead(cast, name, phone, by=by, node=changes.get("node"))
    return open_archive(customer=person, **opening(cast, **changes), by=by, at=cast.at)
