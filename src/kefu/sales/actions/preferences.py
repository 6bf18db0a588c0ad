"""What customers like (CUS-032)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import held
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.sales.choices import PreferenceKind
from kefu.sales.models import Preference

KIND = "sales.preference"


@action
def note_preference(
    *, customer: Customer, kind: str, value: str, product: Product | None = None, note: str = "", learnt_on: date, by: User, at: datetime
) -> Preference:  # fmt: skip
    """Keep what the customer likes, of a product or altogether; what is known already is left as it is.

    Raises Invalid (`kind`, `value`, `learnt_on`), Forbidden, OutOfScope (CUS-032).
    """
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    errors = []
    if kind not in PreferenceKind.values:
        errors.append(FieldError("kind", "unknown", _("没有这个选项，请重新选")))
    if not value.strip() or len(value.strip()) > 40:
        errors.append(FieldError("value", "required", _("请写喜欢什么，40 字以内。")))
    if learnt_on > timezone.localdate(at):
        errors.append(FieldError("learnt_on", "to_come", _("日期不能晚于今天。")))
    if errors:
        raise Invalid(errors)
    locked = held(customer)
    known = Preference.objects.filter(
        customer=locked, kind=kind, value=value.strip(), product=product, ended_at__isnull=True
    )
    if found := known.first():
        nothing_changed()
        return found
    made = Preference.objects.create(
        customer=locked,
        kind=kind,
        value=value.strip(),
        product=product,
        note=note.strip()[:200],
        learnt_on=learnt_on,
        by=by,
        at=at,
    )
    record("sales.preference.noted", by=by, at=at, subject=Subject(KIND, made.pk), customer_id=locked.pk, node_id=locked.node_id,
           changes={"kind": (None, kind), "product": (None, product.code if product else None)}, personal={"value": (None, made.value)})  # fmt: skip
    return made


@action
def end_preference(*, preference: Preference, by: User, at: datetime) -> None:
    """The customer does not like it any more; that it once was stays. Raises Forbidden, OutOfScope."""
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=preference.customer)
    locked = held(preference.customer)
    if not Preference.objects.filter(pk=preference.pk, ended_at__isnull=True).update(ended_at=at):
        nothing_changed()
        return
    record("sales.preference.ended", by=by, at=at, subject=Subject(KIND, preference.pk), customer_id=locked.pk, node_id=locked.node_id,
           changes={"kind": (preference.kind, None)})  # fmt: skip
