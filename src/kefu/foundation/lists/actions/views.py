"""Keeping a list as one wants to see it again, for oneself or for colleagues (CUS-003)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.lists.models import SavedView, ViewChoice
from kefu.foundation.lists.queries import kept_filters, may_change, view_of
from kefu.foundation.lists.specs import ListSpec
from kefu.kernel.errors import Forbidden, Invalid
from kefu.organisation.models import Node, User

KIND = "lists.view"


@action
def keep_view(
    *, spec: ListSpec[Any], name: str, params: QueryDict, node: Node | None, by: User, at: datetime
) -> SavedView:
    """Keep the list of an address by a name; with a node also for the colleagues there and below, for those who may share.

    Raises Invalid (`name`), Forbidden, OutOfScope.
    """
    require(by, spec.permission)
    if node is not None:
        require(by, spec.share, node_id=node.pk)
    view = SavedView(
        list_code=spec.code, name=_name(spec, by, name), filters=kept_filters(spec, params), order=_order(spec, params),
        columns=_columns(spec, by, params.getlist("columns")), node=node, made_by=by, made_at=at,
    )  # fmt: skip
    view.save()
    changes: dict[str, tuple[object, object]] = {"name": (None, view.name), "filters": (None, " ".join(view.filters))}
    _record("kept", view, by, at, changes)
    return view


@action
def change_view(
    *, spec: ListSpec[Any], view: SavedView, name: str, node: Node | None, params: QueryDict | None = None, by: User, at: datetime
) -> SavedView:  # fmt: skip
    """Rename a view, share it or end sharing; with an address it also keeps that instead. Raises Invalid (`name`), Forbidden, OutOfScope."""
    locked = _locked(spec, view, by)
    if node is not None and node.pk != locked.node_id:
        require(by, spec.share, node_id=node.pk)
    before = (locked.name, locked.node_id)
    locked.name, locked.node = _name(spec, locked.made_by, name, but=locked), node
    if params is not None:
        locked.filters, locked.order = kept_filters(spec, params), _order(spec, params)
        locked.columns = _columns(spec, by, params.getlist("columns"))
    locked.save()
    _record("changed", locked, by, at, {"name": (before[0], locked.name), "node": (before[1], locked.node_id)})
    return locked


@action
def remove_view(*, spec: ListSpec[Any], view: SavedView, by: User, at: datetime) -> None:
    """Nobody needs the view any more. Raises Forbidden, OutOfScope."""
    locked = _locked(spec, view, by)
    locked.removed_at = at
    locked.save(update_fields=["removed_at"])
    locked.choices.all().delete()
    _record("removed", locked, by, at, {"name": (locked.name, None)})


@action
def choose_view(*, spec: ListSpec[Any], view: SavedView, hidden: bool, first: bool, by: User, at: datetime) -> None:
    """Put a view on one's tabs or take it off them, or let the list open with it. Raises OutOfScope."""
    mine = view_of(by, spec, view.pk)
    if first:
        ViewChoice.objects.filter(chosen_by=by, view__list_code=spec.code, first=True).update(first=False)
    wanted = {"hidden": hidden and not first, "first": first}
    if ViewChoice.objects.filter(view=mine, chosen_by=by, **wanted).exists():
        nothing_changed()
        return
    ViewChoice.objects.update_or_create(view=mine, chosen_by=by, defaults=wanted)
    _record("chosen", mine, by, at, {name: (None, value) for name, value in wanted.items()})


def _locked(spec: ListSpec[Any], view: SavedView, by: User) -> SavedView:
    view_of(by, spec, view.pk)
    locked = SavedView.objects.select_for_update(of=("self",), no_key=True).select_related("made_by").get(pk=view.pk)
    if not may_change(by, spec, locked):
        raise Forbidden("not_yours", _("这个视图是同事的，只有本人和可以共用视图的人能改。"))
    return locked


def _name(spec: ListSpec[Any], owner: User, name: str, but: SavedView | None = None) -> str:
    name = name.strip()
    if not name or len(name) > 40:
        raise Invalid.one("name", "required", _("请填写视图的名称，40 字以内。"))
    same = SavedView.objects.filter(made_by=owner, list_code=spec.code, name=name, removed_at__isnull=True)
    if same.exclude(pk=but.pk if but else 0).exists():
        raise Invalid.one("name", "taken", _("已经有一个同名的视图。"))
    return name


def _order(spec: ListSpec[Any], params: QueryDict) -> str:
    order = params.get("order") or ""
    return order if order in spec.orders else ""


def _columns(spec: ListSpec[Any], by: User, codes: Sequence[str]) -> list[str]:
    usable = {column.code for column in spec.columns_of(by)}
    return [code for code in dict.fromkeys(codes) if code in usable]


def _record(verb: str, view: SavedView, by: User, at: datetime, changes: dict[str, tuple[object, object]]) -> None:
    record(f"lists.view.{verb}", by=by, at=at, subject=Subject(KIND, view.pk), node_id=view.node_id, changes=changes)
