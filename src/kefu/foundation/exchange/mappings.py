"""Saved mappings: kept, renamed and removed by those who made them, used by whoever may import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.exchange import layouts
from kefu.foundation.exchange.models import SavedMapping
from kefu.foundation.exchange.specs import ImportSpec
from kefu.kernel.errors import Invalid, OutOfScope
from kefu.organisation.models import User

KIND = "exchange.mapping"
LONGEST = 60


@action
def save_mapping(
    *, spec: ImportSpec, name: str, columns: Mapping[str, str], shared: bool, by: User, at: datetime
) -> SavedMapping:
    """Keep what the columns of a kind of file are; one's own of the same name is replaced. Raises Invalid on `name`."""
    spec.authorise(by)
    values = {"columns": dict(columns), "titles": layouts.fingerprint(columns), "shared": shared, "at": at}
    made, _new = SavedMapping.objects.update_or_create(spec=spec.code, by=by, name=_checked(name), defaults=values)
    changes = {"name": (None, made.name), "shared": (None, shared)}
    record("exchange.mapping.saved", by=by, at=at, subject=Subject(KIND, made.pk), changes=changes)
    return made


@action
def rename_mapping(*, mapping: SavedMapping, name: str, by: User, at: datetime) -> SavedMapping:
    """Call one's own mapping differently. Raises OutOfScope for a colleague's, Invalid on `name` for one in use."""
    locked = _own(mapping, by)
    before, locked.name = locked.name, _checked(name)
    if SavedMapping.objects.filter(spec=locked.spec, by=by, name=locked.name).exclude(pk=locked.pk).exists():
        raise Invalid.one("name", "taken", _("您已经有一个叫“%(name)s”的对应。") % {"name": locked.name})
    locked.save(update_fields=["name"])
    changes = {"name": (before, locked.name)}
    record("exchange.mapping.renamed", by=by, at=at, subject=Subject(KIND, locked.pk), changes=changes)
    return locked


@action
def remove_mapping(*, mapping: SavedMapping, by: User, at: datetime) -> None:
    """Forget one's own mapping; what was imported with it stays. Raises OutOfScope for a colleague's."""
    locked = _own(mapping, by)
    record(
        "exchange.mapping.removed",
        by=by,
        at=at,
        subject=Subject(KIND, locked.pk),
        changes={"name": (locked.name, None)},
    )
    locked.delete()


def named(spec: ImportSpec, name: str, by: User) -> SavedMapping:
    """The mapping of that name, one's own first. Raises OutOfScope."""
    found = list(SavedMapping.visible_to(by).filter(spec=spec.code, name=name.strip()))
    if not found:
        raise OutOfScope()
    return next((one for one in found if one.by_id == by.pk), found[0])


def offered(spec: ImportSpec, by: User) -> list[SavedMapping]:
    """What the person may use for this import: one's own first, the newest of them first."""
    found = SavedMapping.visible_to(by).filter(spec=spec.code).order_by("-at", "-pk")[:200]
    return sorted(found, key=lambda one: one.by_id != by.pk)


def _own(mapping: SavedMapping, by: User) -> SavedMapping:
    found = SavedMapping.objects.select_for_update(no_key=True).filter(pk=mapping.pk, by=by).first()
    if found is None:
        raise OutOfScope()
    return found


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST:
        raise Invalid.one("name", "required", _("请给这个对应起个名字，60 字以内。"))
    return name
