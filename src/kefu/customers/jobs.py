"""What the customers have done in the background."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kefu.customers.actions import merges
from kefu.customers.actions.carrying import move_portion
from kefu.customers.actions.likeness import look_for_pairs
from kefu.customers.actions.moves import stop_move
from kefu.customers.actions.moving_back import return_portion
from kefu.customers.actions.privacy import carry_out
from kefu.customers.actions.subject_exports import expire_subject_exports, make_subject_export
from kefu.customers.actions.valuing import JOB, value_customers
from kefu.customers.choices import RequestState
from kefu.customers.erased_list import keep_list
from kefu.customers.models import Merge, PrivacyRequest, SubjectExport, TerritoryMove
from kefu.foundation.jobs.registry import every, job
from kefu.kernel.errors import Forbidden, OutOfScope
from kefu.organisation.models import User
from kefu.organisation.queries import system_user


@job("customers.subject_export")
def subject_export(*, at: datetime, export_id: int) -> None:
    """Pack everything held about a customer."""
    export = SubjectExport.objects.filter(pk=export_id).first()
    if export is not None:
        make_subject_export(export=export, by=system_user("system"), at=at)


@every("10 3 * * *", "customers.expire_subject_exports")
def expire(*, at: datetime) -> None:
    """Destroy archives that nobody may fetch any more."""
    expire_subject_exports(by=system_user("system"), at=at)


@job("customers.move")
def move_customers(*, move_id: int, at: datetime) -> None:
    """Carry the customers of a move over, portion by portion; begun again it goes on where it was."""
    move = TerritoryMove.objects.select_related("started_by").get(pk=move_id)
    _go_on(move_portion, move, move.started_by, at)


@job("customers.move_back")
def bring_back(*, move_id: int, at: datetime) -> None:
    """Bring the customers of a move back, portion by portion."""
    move = TerritoryMove.objects.select_related("undone_by").get(pk=move_id)
    _go_on(return_portion, move, move.undone_by, at)


def _go_on(portion: Callable[..., bool], move: TerritoryMove, by: User | None, at: datetime) -> None:
    """Portion by portion by the hand of who confirmed it; without the right any more it stops, and those who have it are told."""
    try:
        while by is not None and portion(move=move, by=by, at=at):
            pass
    except (Forbidden, OutOfScope):
        stop_move(move=move, by=system_user("system"), at=at)


@job("customers.gather")
def gather(*, merge_id: int, at: datetime) -> None:
    """Look again for what was written for a merged customer while the merge was under way."""
    merges.gather(merge=Merge.objects.get(pk=merge_id), by=system_user("system"), at=at)


@every("20 3 * * *", "customers.find_pairs")
def find_pairs(*, at: datetime) -> None:
    """Look for customers who may be one person."""
    look_for_pairs(by=system_user("system"), at=at)


@every("40 2 * * *", "customers.carry_out_erasures")
def carry_out_erasures(*, at: datetime) -> None:
    """Erase the customers whose data nothing keeps any more, each in a transaction of its own."""
    for request in PrivacyRequest.objects.filter(state=RequestState.WAITING).select_related("customer").order_by("pk"):
        carry_out(request=request, by=system_user("system"), at=at)
    keep_list()


@job("customers.keep_erased")
def keep_erased(*, at: datetime) -> None:
    """Write down outside the database who is erased, so that a restored backup can be put right."""
    keep_list()


@every("40 3 1 * *", JOB)
def value_all(*, at: datetime) -> None:
    """Value all customers on the first of the month, and whenever somebody asks for it (CUS-040)."""
    value_customers(by=system_user("system"), at=at)
