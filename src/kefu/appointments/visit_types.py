"""Loads the shipped types of visits. Loading again adds what is new and keeps what was edited (APT-015)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from kefu.appointments.models import VisitType
from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.organisation.models import User

TYPES = Path(__file__).parent / "content" / "visit_types.yaml"


@action
def load_visit_types(*, by: User | None, at: datetime) -> int:
    """Create the types that do not exist yet; answers how many."""
    content: dict[str, Any] = yaml.load(TYPES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    known = set(VisitType.objects.values_list("code", flat=True))
    missing = [
        VisitType(position=place, **row) for place, row in enumerate(content["types"], 1) if row["code"] not in known
    ]
    VisitType.objects.bulk_create(missing)
    if missing:
        record("appointments.types.loaded", by=by, at=at, changes={"types": (len(known), len(known) + len(missing))})
    else:
        nothing_changed()
    return len(missing)
