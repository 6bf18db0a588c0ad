"""A customer dies: everything stops; a supervisor can take it back."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.closing import close_customer, reopen_customer
from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import FactKind, Stage
from kefu.customers.events import CustomerDied
from kefu.customers.holding import held
from kefu.customers.models import Customer, Death
from kefu.customers.permissions import CustomerPermission
from kefu.customers.rights import require_any
from kefu.customers.sentences import DEATH_CORRECTED, DIED
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User


@action
def record_death(*, customer: Customer, told_by: str, died_on: date | None = None, by: User, at: datetime) -> Death:
    """The customer died: the archive is closed, bookings are cancelled, contacts stopped, and no message leaves any more.

    Raises Invalid (`told_by`, `died_on`), Refused `known`, Forbidden, OutOfScope.
    """
    require_any(by, customer, CustomerPermission.OWNER_ASSIGN, CustomerPermission.ARCHIVE_EDIT)
    if not told_by.strip():
        raise Invalid.one("told_by", "required", _("请写明是谁告知的。"))
    if died_on is not None and died_on > timezone.localdate(at):
        raise Invalid.one("died_on", "in_future", _("日期不能晚于今天。"))
    locked = held(customer)
    if locked.deaths.filter(undone_at__isnull=True).exists():
        raise Refused("known", _("这位客户的去世已经登记。"))
    open_before = locked.stage != Stage.CLOSED
    death = Death.objects.create(
        customer=locked, died_on=died_on, told_by=told_by.strip(), closed_with_it=open_before, by=by, at=at
    )
    subject = Subject("customers.death", death.pk)
    record("customers.death.recorded", by=by, at=at, subject=subject, customer_id=locked.pk, node_id=locked.node_id,
           personal={"died_on": (None, died_on), "told_by": (None, death.told_by)})  # fmt: skip
    record_fact(customer=locked, kind=FactKind.ARCHIVE, item=DIED, subject=subject, by=by, at=at)
    if open_before:
        close_customer(customer=locked, reason=DIED.code, by=by, at=at)
    announce(CustomerDied(customer_id=locked.pk, reason=DIED.code, by=by, at=at))
    return death


@action
def correct_death(*, customer: Customer, reason: str, by: User, at: datetime) -> Customer:
    """A mistake: the archive is open again where it was; what was cancelled is booked anew by hand.

    For those who assign customers. Raises Invalid (`reason`), Refused `not_dead`, `phone_taken`, Forbidden, OutOfScope.
    """
    require(by, CustomerPermission.OWNER_ASSIGN, customer=customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    locked = held(customer)
    death = locked.deaths.filter(undone_at__isnull=True).first()
    if death is None:
        raise Refused("not_dead", _("没有登记这位客户去世。"))
    death.undone_by, death.undone_at, death.undone_reason = by, at, reason.strip()
    death.save(update_fields=["undone_by", "undone_at", "undone_reason"])
    subject = Subject("customers.death", death.pk)
    record("customers.death.corrected", by=by, at=at, subject=subject, customer_id=locked.pk, node_id=locked.node_id, reason=reason.strip(),
           changes={"dead": (True, False)})  # fmt: skip
    record_fact(customer=locked, kind=FactKind.ARCHIVE, item=DEATH_CORRECTED, lines=[reason.strip()], subject=subject, by=by, at=at)  # fmt: skip
    return reopen_customer(customer=locked, reason=reason, by=by, at=at) if death.closed_with_it else locked
