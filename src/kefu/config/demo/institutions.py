"""Whom the chain works with: the steward enters partners and suppliers, the expansion department signs."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from kefu.config.demo.world import World
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User
from kefu.people.actions import add_institution, judge_region, sign_agreement
from kefu.people.models import Institution

AFTERNOON = time(15, 0)


def enter_institutions(*, world: World, at: datetime) -> None:
    """Partners, then suppliers with the regions they serve; the agreements are signed on their days."""
    steward = _holder(world, "institution_steward")
    for row in world.rows("partners"):
        details = {name: row[name] for name in ("zh", "en", "kind", "address", "person_in_charge", "phone")}
        node = Node.objects.get(code=row["node"])
        add_institution(code=row["code"], node=node, details=details, part=row["part"], by=steward, at=at)
    office = Node.objects.get(code="HQ")
    for row in world.rows("suppliers"):
        details = {
            "zh": row["zh"], "en": row["en"], "kind": "organisation", "person_in_charge": row["contact"], "phone": row["phone"],
        }  # fmt: skip
        made = add_institution(code=row["code"], node=office, details=details, part=row["part"], by=steward, at=at)
        for region, quality in row.get("regions", {}).items():
            judge_region(institution=made, region=region, quality=quality, by=steward, at=at)


def signed_at(world: World, row: dict[str, Any]) -> datetime:
    """In the afternoon of the day of the signature."""
    return datetime.combine(world.day(row["signed_on"]), AFTERNOON, SHANGHAI)


def sign(world: World, row: dict[str, Any], at: datetime) -> None:
    """The expansion department records the agreement."""
    sign_agreement(
        institution=Institution.objects.get(code=row["code"]), mode=row["cooperation_mode"], items=row["items"],
        signed_on=world.day(row["signed_on"]), by=_holder(world, "expansion"), at=at,
    )  # fmt: skip


def _holder(world: World, role: str) -> User:
    row = next(row for row in world.rows("staff") if role in row["roles"])
    return User.objects.get(job_number=row["job_number"])
