"""One verb for many rows: each row in a transaction of its own, with what became of it (CUS-003).

The rows are chosen first and kept; starting happens once, however often the button is pressed, and a row once settled is not touched again: whoever
was interrupted goes on with the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from traceback import format_tb
from typing import Any

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, record_refusal
from kefu.foundation.audit.waiting import busy
from kefu.foundation.jobs.defer import defer
from kefu.foundation.lists.choices import RowState, RunState
from kefu.foundation.lists.limits import BULK_KEPT_DAYS, BULK_MOST
from kefu.foundation.lists.models import BulkResult, BulkRun
from kefu.foundation.lists.picking import require_picked
from kefu.foundation.lists.queries import tally
from kefu.foundation.lists.sentences import FINISHED
from kefu.foundation.lists.specs import BulkAction, ListSpec, bulk_action, list_named
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Forbidden, KefuError, OutOfScope, Refused
from kefu.organisation.models import User

log = logging.getLogger("kefu.lists")
KIND = "lists.bulk"
RESUME = timedelta(minutes=2)
"""When a worker looks whether a run that began on the page was left in the middle."""


@action
def choose_rows(*, spec: ListSpec[Any], code: str, rows: Iterable[int], by: User, at: datetime) -> BulkRun:
    """Keep which rows a verb is for; nothing is done to them yet. `rows` are ids within the person's scope.

    Raises Invalid (`row`) without any, Refused `too_many`, Forbidden, OutOfScope for a verb that is not there.
    """
    _require(by, bulk_action(spec.code, code))
    most = BULK_MOST.on(at, node_id=by.node_id)
    ids = list(dict.fromkeys(rows))
    require_picked(ids)
    if len(ids) > most:
        raise Refused("too_many", _("一次最多批量办理 %d 行，请先筛选。") % most)
    run = BulkRun.objects.create(list_code=spec.code, action=code, total=len(ids), by=by, asked_at=at)
    BulkResult.objects.bulk_create(BulkResult(run=run, place=place, record_id=pk) for place, pk in enumerate(ids, 1))
    record("lists.bulk.chosen", by=by, at=at, subject=Subject(KIND, run.pk),
           changes={"action": (None, f"{spec.code}.{code}"), "rows": (None, len(ids))})  # fmt: skip
    return run


@action
def start_run(*, run: BulkRun, given: Mapping[str, list[str]], here: bool, by: User, at: datetime) -> BulkRun:
    """Begin with what was entered; a run that has begun is left as it is. `here`: the caller does the rows itself, and a worker only what
    is left. Raises Forbidden, OutOfScope for somebody else's."""
    locked = BulkRun.objects.select_for_update(of=("self",), no_key=True).filter(pk=run.pk, by=by).first()
    if locked is None:
        raise OutOfScope
    _require(by, bulk_action(locked.list_code, locked.action))
    if locked.state != RunState.ASKED:
        nothing_changed()
        return locked
    locked.state, locked.given, locked.started_at = RunState.RUNNING, dict(given), at
    locked.save(update_fields=["state", "given", "started_at"])
    record("lists.bulk.started", by=by, at=at, subject=Subject(KIND, run.pk),
           changes={"action": (None, f"{run.list_code}.{run.action}"), "rows": (None, run.total)})  # fmt: skip
    defer("lists.perform", lock=f"bulk-{run.pk}", schedule_at=at + RESUME if here else None, run_id=run.pk)
    return locked


@action
def settle(*, result: BulkResult, cleaned: Mapping[str, Any] | None, by: User, at: datetime) -> BulkResult:
    """Do the verb for one row, by the rules of the row's own page, and keep what became of it. A row once settled stays so.

    `cleaned` is None when what was entered has become useless meanwhile: a colleague who left.
    """
    locked = BulkResult.objects.select_for_update(of=("self",), no_key=True).select_related("run").get(pk=result.pk)
    if locked.state != RowState.WAITING:
        nothing_changed()
        return locked
    refusal = _tried(locked, cleaned, by, at)
    if refusal is None:
        locked.state = RowState.DONE
    else:
        locked.state, locked.code, locked.said = RowState.REFUSED, refusal.code, str(_said(refusal))[:300]
        if isinstance(refusal, Forbidden):
            record_refusal(f"{locked.run.list_code}.{locked.run.action}", by=by, at=at, reason=refusal.code,
                           subject=Subject(locked.run.list_code, locked.record_id))  # fmt: skip
        nothing_changed()
    locked.save(update_fields=["state", "code", "said"])
    return locked


def _require(by: User, verb: BulkAction) -> None:
    if not any(access_of(by).may(right) for right in verb.needs):
        require(by, verb.needs[0])


def _tried(result: BulkResult, cleaned: Mapping[str, Any] | None, by: User, at: datetime) -> KefuError | None:
    """The refusal, or None when it is done; what was refused or broke leaves no trace, and the other rows go on."""
    spec, verb = list_named(result.run.list_code), bulk_action(result.run.list_code, result.run.action)
    found = spec.visible(by).filter(pk=result.record_id).first()
    if found is None:
        return OutOfScope()
    if cleaned is None:
        return Refused("outdated", _("填写的内容已经不适用，请重新办理。"))
    try:
        with transaction.atomic():
            verb.run(found, dict(cleaned), by=by, at=at)
    except KefuError as refusal:
        return refusal
    except (IntegrityError, DataError):
        return Refused("conflict", _("和已有的数据冲突。"))
    except OperationalError as error:
        if (waited := busy(error)) is None:
            raise
        return waited
    except InterfaceError:
        raise
    except Exception as error:  # noqa: BLE001  whatever breaks at one row, the others go on
        _log_fault(result, error)
        return Refused("failed", _("系统出错，这一行没有办成，请联系管理员。"))
    return None


def _log_fault(result: BulkResult, error: Exception) -> None:
    """Where it broke, without the words of the error, which may hold what was entered about a person."""
    where = "".join(format_tb(error.__traceback__))
    log.error("bulk %s.%s broke on row %s: %s\n%s", result.run.list_code, result.run.action, result.pk, type(error).__name__, where)  # fmt: skip


def _said(refusal: KefuError) -> object:
    if isinstance(refusal, OutOfScope):
        return _("没有找到，或不在您的范围内。")
    return str(refusal)


@action
def end_run(*, run: BulkRun, ring: bool, by: User, at: datetime) -> BulkRun:
    """Every row is settled; with `ring` the person is told, who no longer looks at the page."""
    locked = BulkRun.objects.select_for_update(of=("self",), no_key=True).select_related("by").get(pk=run.pk)
    counted = tally(locked)
    if locked.state != RunState.RUNNING or counted[RowState.WAITING]:
        nothing_changed()
        return locked
    locked.state, locked.ended_at = RunState.DONE, at
    locked.save(update_fields=["state", "ended_at"])
    record("lists.bulk.ended", by=by, at=at, subject=Subject(KIND, run.pk),
           changes={"done": (None, counted[RowState.DONE]), "refused": (None, counted[RowState.REFUSED])})  # fmt: skip
    if ring:
        words = FINISHED(done=counted[RowState.DONE], refused=counted[RowState.REFUSED])
        tell(users=[locked.by], code="lists.bulk.ended", text=words, link=reverse("lists:run", args=[run.pk]), at=at)
    return locked


@action
def forget_runs(*, by: User, at: datetime) -> int:
    """Destroy what became of the rows of bulk actions older than they are kept, and selections that were never started. Answers how many."""
    old = BulkRun.objects.filter(asked_at__lt=at - timedelta(days=BULK_KEPT_DAYS.on(at)))
    forgotten = old.count()
    if not forgotten:
        nothing_changed()
        return 0
    old.delete()
    record("lists.bulk.forgotten", by=by, at=at, changes={"runs": (None, forgotten)})
    return forgotten
