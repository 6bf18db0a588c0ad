"""Changing the archive, safe against a colleague who changes the same archive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import FactKind, Stage
from kefu.customers.details import EDITABLE, MEDICAL, check_person, set_age, snapshot
from kefu.customers.holding import held
from kefu.customers.indexing import reindex
from kefu.customers.models import Customer, Source
from kefu.customers.permissions import CustomerPermission
from kefu.customers.rights import require_customer
from kefu.customers.rules import STARS, missing_fields
from kefu.customers.sentences import CHANGED, FIELDS
from kefu.customers.wording import MISSING
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record
from kefu.foundation.sentences.saying import Sentence
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User

OPEN_VALUES = frozenset({"source", "remarks_none"})
"""Kept readable in the trail; everything else about a person is concealed under the customer's key."""


@action
def update_archive(
    *, customer: Customer, changes: Mapping[str, object], version: int | None = None, by: User, at: datetime
) -> Customer:
    """Change fields of the archive. `version` is the one the person saw; None changes whatever is there.

    Fields: name, sex, birth_date, age, address, card_number, occupation, medical_history (a right of its own), personality, interests,
    hobbies, special_needs, caution, remarks, remarks_none, source. Raises Refused `changed_meanwhile` or `closed`, Invalid, Forbidden,
    OutOfScope (CUS-002).
    """
    require_customer(by, CustomerPermission.ARCHIVE_EDIT, customer)
    if any(field in MEDICAL for field in changes):
        require(by, CustomerPermission.MEDICAL_EDIT, customer=customer)
    locked = held(customer)
    if version is not None and version != locked.version:
        details: dict[str, object] = {"version": locked.version}
        raise Refused("changed_meanwhile", _("有同事刚改过这份档案，请先看看改了什么。"), details)
    if locked.stage == Stage.CLOSED:
        raise Refused("closed", _("这位客户已关闭，请先恢复。"))
    before = snapshot(locked, at)
    _apply(locked, changes, at)
    after = snapshot(locked, at)
    changed = {field: (before[field], after[field]) for field in EDITABLE if before[field] != after[field]}
    if not changed:
        nothing_changed()
        return locked
    locked.version += 1
    locked.save()
    reindex(locked)
    _record(locked, changed, by, at)
    record_fact(customer=locked, kind=FactKind.ARCHIVE, item=CHANGED(fields=_named(changed)), by=by, at=at)
    return locked


def _apply(customer: Customer, changes: Mapping[str, object], at: datetime) -> None:
    unknown = [field for field in changes if field not in EDITABLE]
    if unknown:
        raise Invalid(FieldError(field, "not_editable", _("这一项不能在这里修改。")) for field in unknown)
    if STARS in str(changes.get("card_number") or ""):
        raise Invalid.one("card_number", "masked", _("请填写完整的会员卡号。"))
    birth_date, age = _age(changes, at)
    errors = check_person(sex=str(changes.get("sex") or ""), birth_date=birth_date, age=age, at=at)
    if errors:
        raise Invalid(errors)
    for field, value in changes.items():
        if field == "source":
            customer.source = value if isinstance(value, Source) else None
        elif field == "remarks_none":
            customer.remarks_none = bool(value)
        elif field not in ("birth_date", "age"):
            setattr(customer, field, str(value or "").strip())
    if "birth_date" in changes:
        customer.birth_date = birth_date
    set_age(customer, birth_date=None, age=age, at=at)
    _require_still_complete(customer, at)


def _age(changes: Mapping[str, object], at: datetime) -> tuple[date | None, int | None]:
    birth_date, age = changes.get("birth_date"), changes.get("age")
    return (birth_date if isinstance(birth_date, date) else None), (age if isinstance(age, int) else None)


def _require_still_complete(customer: Customer, at: datetime) -> None:
    """An open archive keeps its mandatory fields (CUS-001)."""
    if customer.stage != Stage.ACTIVE:
        return
    missing = missing_fields(
        name=customer.name, age_known=customer.age(timezone.localdate(at)) is not None, contact=True, doctor=True, health_manager=True,
        node=True, source=customer.source is not None, remarks=bool(customer.remarks) or customer.remarks_none,
    )  # fmt: skip
    if missing:
        raise Invalid(FieldError(field, "required", MISSING[field]) for field in missing)


def _named(changed: Iterable[str]) -> list[Sentence]:
    """The names of the fields, never what stood or stands in them: the timeline has more readers than the archive."""
    wanted = {{"age": "age_stated", "remarks_none": "remarks"}.get(field, field) for field in changed}
    wanted -= {"age_stated"} if "birth_date" in wanted else set()  # the age follows from it
    return [named for field, named in FIELDS.items() if field in wanted]


def _record(customer: Customer, changed: dict[str, Change], by: User, at: datetime) -> None:
    record(
        "customers.archive.changed", by=by, at=at, subject=Subject("customers.customer", customer.pk), customer_id=customer.pk,
        node_id=customer.node_id, changes={field: pair for field, pair in changed.items() if field in OPEN_VALUES},
        personal={field: pair for field, pair in changed.items() if field not in OPEN_VALUES},
    )  # fmt: skip
