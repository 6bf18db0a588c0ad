"""Loads the shipped sources of customers. Loading again adds what is new and keeps what was edited."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from kefu.customers.models import Source
from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.organisation.models import User

SOURCES = Path(__file__).parent / "content" / "sources.yaml"


@action
def load(*, by: User | None, at: datetime) -> int:
    """Create the sources that do not exist yet; answers how many (CUS-001)."""
    content: dict[str, Any] = yaml.load(SOURCES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    known = set(Source.objects.values_list("code", flat=True))
    missing = [row for row in content["sources"] if row["code"] not in known]
    Source.objects.bulk_create(Source(code=row["code"], zh=row["zh"], en=row["en"]) for row in missing)
    if missing:
        record("customers.sources.loaded", by=by, at=at, changes={"sources": (len(known), len(known) + len(missing))})
    else:
        nothing_changed()
    return len(missing)
