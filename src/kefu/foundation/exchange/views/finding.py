"""What the pages of an import share: which import, which run, whose, and starting the work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.db import transaction
from django.http import HttpRequest

from kefu.foundation.exchange import specs
from kefu.foundation.exchange.choices import Mode, State
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.specs import ImportSpec
from kefu.foundation.jobs.defer import defer
from kefu.kernel.errors import Invalid, KefuError, OutOfScope
from kefu.organisation.models import User

INLINE = 500
"""Up to so many rows are done while the person waits; more by a job."""


def person(request: HttpRequest) -> User:
    """Who asks."""
    return cast(User, request.user)


def spec_of(request: HttpRequest, code: str) -> ImportSpec:
    """The import, for those who may. Raises OutOfScope, Forbidden."""
    spec = specs.find(code)
    spec.authorise(person(request))
    return spec


def run_of(request: HttpRequest, spec: ImportSpec, run_id: int) -> ImportRun:
    """Only one's own: the file is full of personal data. Raises OutOfScope."""
    mine = ImportRun.objects.select_related("file", "by").filter(spec=spec.code, by=person(request))
    run = mine.filter(pk=run_id).first()
    if run is None:
        raise OutOfScope()
    return run


def at_of(request: HttpRequest) -> datetime:
    """When it was asked."""
    return cast(datetime, request.at)  # type: ignore[attr-defined]


def begin(run: ImportRun, state: State, step: Mode, here: Callable[[], object]) -> None:
    """Do it here and now, or by a job when the file is long."""
    if run.total <= INLINE:
        here()
        return
    with transaction.atomic():
        fresh = {} if run.mode == Mode.GOOD else {"done": 0}
        ImportRun.objects.filter(pk=run.pk).update(state=state, **fresh)
        defer("exchange.run_import", lock=f"import-{run.pk}", run_id=run.pk, step=str(step))


def sayings(error: KefuError) -> list[str]:
    """What a refusal tells the person, line by line."""
    return [str(each.message) for each in error.errors] if isinstance(error, Invalid) else [str(error)]
