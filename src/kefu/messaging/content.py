"""Loading the shipped templates. Loading again adds what is new and keeps what was edited."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.messaging.actions.templates import take_shipped
from kefu.messaging.models import Template
from kefu.messaging.shipped import words
from kefu.organisation.models import User


@action
def load(*, by: User | None, at: datetime) -> int:
    """Create the first version of every shipped template that is not there; answers how many."""
    known = set(Template.objects.values_list("code", flat=True))
    missing = [code for code in words() if code not in known]
    if missing:
        take_shipped(missing, at)
        record("messaging.templates.loaded", by=by, at=at, changes={"count": (len(known), len(known) + len(missing))})
    else:
        nothing_changed()
    return len(missing)
