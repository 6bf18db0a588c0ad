"""A merge that was a mistake is taken back: every row that moved goes back to where it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.blending import read_back, set_columns
from kefu.customers.choices import FactKind
from kefu.customers.details import read_reason
from kefu.customers.holding import lock, refuse_resting
from kefu.customers.indexing import reindex
from kefu.customers.models import Customer, FamilyLink, Merge, MergeMove
from kefu.customers.permissions import CustomerPermission
from kefu.customers.phones import lock_numbers_of
from kefu.customers.queries.merges import hinders_undoing
from kefu.customers.sentences import UNMERGED
from kefu.foundation.access.checks import require
from kefu.foundation.audit.personal import disclose
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


@action
def undo_merge(*, merge: Merge, reason: str, by: User, at: datetime) -> Merge:
    """Put back what a merge moved and changed. What came to the surviving customer afterwards stays there, and so do later corrections of
    its archive.

    Raises Invalid (`reason`), Refused `already_undone` or `not_undoable` naming what stands in the way, `restricted`, `erased`, Forbidden, OutOfScope.
    """
    for customer in (merge.survivor, merge.merged):
        require(by, CustomerPermission.MERGE, customer=customer)
    why = read_reason(reason, _("请写明撤销合并的原因。"))
    near = _relatives(merge)
    lock(merge.survivor_id, merge.merged_id, *near)
    lock_numbers_of(merge.survivor_id, merge.merged_id)
    stands = Customer.objects.get(pk=merge.survivor_id)
    refuse_resting(stands.restricted_at, stands.erased_at)
    merge = Merge.objects.select_for_update(no_key=True).get(pk=merge.pk)
    if merge.undone_at is not None:
        raise Refused("already_undone", _("这次合并已经撤销过了。"))
    if found := hinders_undoing(merge):
        told = [{"text": str(one.text), "url": one.url} for one in found]
        raise Refused("not_undoable", _("不能撤销：%s") % "；".join(one["text"] for one in told), {"obstacles": told})
    _put_back(merge)
    merge.undone_by, merge.undone_at, merge.undone_reason = by, at, why
    merge.save(update_fields=["undone_by", "undone_at", "undone_reason"])
    survivor, merged = (Customer.objects.get(pk=pk) for pk in (merge.survivor_id, merge.merged_id))
    survivor.version += 1
    survivor.save(update_fields=["version"])
    for customer in (survivor, merged, *Customer.objects.filter(pk__in=near).order_by("pk")):
        reindex(customer)
    _tell(merge, survivor, merged, by, at)
    return merge


def _relatives(merge: Merge) -> set[int]:
    """Customers whose family changes its name with the undoing."""
    links = [pk for move in merge.moves.filter(model=FamilyLink._meta.label) for pk in move.rows]
    owners = FamilyLink.objects.filter(pk__in=links).values_list("customer_id", flat=True)
    return set(owners) - {merge.survivor_id, merge.merged_id}


def _put_back(merge: Merge) -> None:
    try:
        with transaction.atomic():
            _put_fields_back(merge)
            for move in merge.moves.order_by("-pk"):
                _rows(move).filter(**move.after).update(**move.before)
    except IntegrityError as error:
        raise Refused("not_undoable", _("不能撤销：合并后的改动与原来的记录冲突。")) from error


def _rows(move: MergeMove) -> QuerySet[Model]:
    rows: QuerySet[Model] = apps.get_model(move.model)._base_manager.filter(pk__in=move.rows)
    return rows


def _put_fields_back(merge: Merge) -> None:
    """Fields of the archive as they were, except those somebody has changed since: a later correction is no part of the merge."""
    if merge.fields is None:
        return
    kept = disclose(merge.survivor_id, bytes(merge.fields))
    if kept is None:
        raise Refused("not_undoable", _("不能撤销：这位客户的个人资料已按要求删除。"))
    survivor = Customer.objects.get(pk=merge.survivor_id)
    back = {}
    for column, pair in kept.items():
        before, after = (read_back(column, value) for value in _pair(pair))
        if getattr(survivor, column) == after:
            back[column] = before
    set_columns(survivor.pk, back)


def _pair(pair: object) -> Iterable[object]:
    return pair if isinstance(pair, list) else ()


def _tell(merge: Merge, survivor: Customer, merged: Customer, by: User, at: datetime) -> None:
    subject = Subject("customers.merge", merge.pk)
    record("customers.merge.undone", by=by, at=at, subject=subject, customer_id=survivor.pk, node_id=survivor.node_id,
           changes={"merged": (merged.pk, None)}, reason=merge.undone_reason)  # fmt: skip
    record("customers.merge.undone", by=by, at=at, subject=subject, customer_id=merged.pk, node_id=merged.node_id,
           changes={"merged_into": (survivor.pk, None)}, reason=merge.undone_reason)  # fmt: skip
    for customer, other in ((survivor, merged), (merged, survivor)):
        name = other.name or other.archive_number or str(other.pk)
        record_fact(customer=customer, kind=FactKind.ARCHIVE, item=UNMERGED(name=name), lines=[merge.undone_reason], subject=subject,
                    by=by, at=at)  # fmt: skip
