"""Two archives of one person become one, and two again. A person says so; a name never decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.blending import blended, check_choices, set_columns
from kefu.customers.choices import FactKind, Stage
from kefu.customers.details import read_reason
from kefu.customers.holding import hold, lock
from kefu.customers.indexing import reindex
from kefu.customers.merging import Joining, join
from kefu.customers.models import Customer, FamilyLink, Merge
from kefu.customers.permissions import CustomerPermission
from kefu.customers.phones import lock_numbers_of
from kefu.customers.queries.merges import in_the_way
from kefu.customers.sentences import MERGED
from kefu.customers.uniting import open_offers_of
from kefu.foundation.access.checks import require
from kefu.foundation.audit.personal import conceal
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.jobs.defer import defer
from kefu.kernel.errors import Refused
from kefu.organisation.models import User

LATE = (timedelta(minutes=5), timedelta(days=1))
"""When a merge looks again for what somebody wrote for the merged customer while it was under way."""


@action
def merge_customers(
    *,
    survivor: Customer,
    merged: Customer,
    reason: str,
    choices: Mapping[str, str] | None = None,
    version: int | None = None,
    merged_version: int | None = None,
    by: User,
    at: datetime,
) -> Merge:
    """Make two customers one: everything of `merged` moves to `survivor`, in one transaction and row by row in a journal.

    Fields of the archive stay as the survivor has them, empty ones are filled; `choices` names field and side (`Side`) where that is
    wanted otherwise. Raises Invalid (`reason`, `choices`), Refused `same_person`, `survivor_closed`, `keep_the_archive`, `merged`,
    `changed_meanwhile`, `in_the_way` with the list, Forbidden, OutOfScope (CUS-001).
    """
    for customer in (survivor, merged):
        require(by, CustomerPermission.MERGE, customer=customer)
    given = check_choices(choices or {}, survivor, merged, by)
    why = read_reason(reason, _("请写明合并的原因。"))
    if survivor.pk == merged.pk:
        raise Refused("same_person", _("请选择另一份档案。"))
    survivor, merged, relatives = _locked(survivor.pk, merged.pk)
    _require_fit(survivor, merged, version, merged_version)
    merge = Merge.objects.create(survivor=survivor, merged=merged, reason=why, by=by, at=at)
    changed = blended(survivor, merged, given)
    try:
        with transaction.atomic():
            _move(merge, changed, at)
    except IntegrityError as error:
        raise Refused("changed_meanwhile", _("有同事刚为其中一位办了事，请再看一遍。")) from error
    survivor.refresh_from_db()
    _settle(survivor, relatives)
    _tell(merge, survivor, merged, changed, by, at)
    for wait in LATE:
        defer("customers.gather", schedule_at=at + wait, merge_id=merge.pk)
    return merge


@action
def gather(*, merge: Merge, by: User, at: datetime) -> None:
    """Bring over what was written for the merged customer while the merge was under way; it belongs to the same journal."""
    onward = _onward(merge)
    everybody = [merge.merged_id, *(one.survivor_id for one in onward)]
    open_offers_of(merge.merged_id)
    lock(*everybody)
    lock_numbers_of(*everybody)
    nothing_changed()
    for one in onward:
        fresh = Merge.objects.select_for_update(no_key=True).get(pk=one.pk)
        known = fresh.moves.count()
        if fresh.undone_at is not None:
            return
        join(Joining(fresh, at))
        if late := fresh.moves.count() - known:
            record("customers.merge.gathered", by=by, at=at, subject=Subject("customers.merge", fresh.pk), customer_id=fresh.survivor_id,
                   changes={"moves": (known, known + late)})  # fmt: skip


def _onward(merge: Merge) -> list[Merge]:
    """The merge and those in which its surviving customer went on into another."""
    found = [merge]
    while later := Merge.objects.filter(merged_id=found[-1].survivor_id, undone_at__isnull=True).first():
        found.append(later)
    return found


def _locked(survivor_id: int, merged_id: int) -> tuple[Customer, Customer, list[Customer]]:
    """Both customers and those whose family the merged one is, locked by rising id; before them the offers, after them the numbers."""
    open_offers_of(merged_id)
    named = FamilyLink.objects.filter(relative_id=merged_id, active=True).exclude(customer_id=survivor_id)
    near = set(named.values_list("customer_id", flat=True))
    hold(survivor_id, merged_id, *near)
    found = Customer.objects.in_bulk([survivor_id, merged_id, *near])
    lock_numbers_of(survivor_id, merged_id)
    return found[survivor_id], found[merged_id], [found[pk] for pk in sorted(near)]


def _require_fit(survivor: Customer, merged: Customer, version: int | None, merged_version: int | None) -> None:
    for customer, seen in ((survivor, version), (merged, merged_version)):
        if seen is not None and seen != customer.version:
            raise Refused("changed_meanwhile", _("有同事刚改过其中一份档案，请再看一遍。"))
    if survivor.stage == Stage.CLOSED:
        raise Refused("survivor_closed", _("保留的档案已经关闭，请先恢复，或保留另一份。"))
    if survivor.archive_opened_at is None and merged.archive_opened_at is not None:
        raise Refused("keep_the_archive", _("其中一位只是线索，请保留已经建档的那一份。"))
    if found := in_the_way(survivor.pk, merged.pk):
        told = [{"text": str(one.text), "url": one.url} for one in found]
        raise Refused(
            "in_the_way", _("合并之前要先处理：%s") % "；".join(one["text"] for one in told), {"obstacles": told}
        )


def _move(merge: Merge, changed: Mapping[str, tuple[object, object]], at: datetime) -> None:
    joining = Joining(merge, at)
    join(joining)
    merged = Customer.objects.filter(pk=merge.merged_id)
    joining.set(
        merged, stage=Stage.CLOSED.value, closed_at=at, closed_reason=merge.reason, merged_into_id=merge.survivor_id
    )
    if "archive_number" in changed:
        joining.set(merged, archive_number=None)
    set_columns(merge.survivor_id, {column: after for column, (_before, after) in changed.items()})
    if changed:
        merge.fields = conceal(merge.survivor_id, {column: list(pair) for column, pair in changed.items()})
        merge.save(update_fields=["fields"])


def _settle(survivor: Customer, relatives: Iterable[Customer]) -> None:
    survivor.version += 1
    survivor.save(update_fields=["version"])
    for customer in (survivor, *relatives):
        reindex(customer)


def _tell(
    merge: Merge,
    survivor: Customer,
    merged: Customer,
    changed: Mapping[str, tuple[object, object]],
    by: User,
    at: datetime,
) -> None:
    subject = Subject("customers.merge", merge.pk)
    moved = sum(len(rows) for rows in merge.moves.values_list("rows", flat=True))
    record("customers.customer.merged", by=by, at=at, subject=subject, customer_id=survivor.pk, node_id=survivor.node_id,
           changes={"merged": (None, merged.pk), "rows": (None, moved)}, personal=dict(changed), reason=merge.reason)  # fmt: skip
    record("customers.customer.merged_away", by=by, at=at, subject=subject, customer_id=merged.pk, node_id=merged.node_id,
           changes={"merged_into": (None, survivor.pk), "stage": (merged.stage, Stage.CLOSED)}, reason=merge.reason)  # fmt: skip
    record_fact(customer=survivor, kind=FactKind.ARCHIVE, item=MERGED(name=merged.name or merged.archive_number or str(merged.pk)),
                lines=[merge.reason], subject=subject, by=by, at=at)  # fmt: skip
