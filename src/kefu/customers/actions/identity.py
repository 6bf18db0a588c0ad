"""Checking who somebody is before anything is disclosed or done (CUS-037)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import CheckMethod, CheckResult, FactKind
from kefu.customers.models import Customer, FamilyLink, IdentityCheck
from kefu.customers.permissions import CustomerPermission
from kefu.customers.sentences import CHECKED, CHECKED_FAMILY
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User


@action
def check_identity(
    *,
    customer: Customer,
    method: str,
    result: str,
    link: FamilyLink | None = None,
    note: str = "",
    by: User,
    at: datetime,
) -> IdentityCheck:
    """Write how a caller's or visitor's identity was checked and whether it held; with `link` it is that member of the family.

    Raises Invalid (`method`, `result`, `link`; `note` when it failed), Forbidden, OutOfScope (CUS-037).
    """
    require(by, CustomerPermission.IDENTITY_CHECK, customer=customer)
    if method not in CheckMethod.values:
        raise Invalid.one("method", "unknown_method", _("请选择核对的办法。"))
    if result not in CheckResult.values:
        raise Invalid.one("result", "unknown_result", _("请选择核对的结果。"))
    if link is not None and not (link.active and link.customer_id == customer.pk):
        raise Invalid.one("link", "unknown", _("这位家人没有登记在这位客户名下。"))
    if result == CheckResult.FAILED and not note.strip():
        raise Invalid.one("note", "required", _("没有核实时请写明情况。"))
    check = IdentityCheck.objects.create(
        customer=customer, link=link, method=method, result=result, note=note.strip(), by=by, at=at
    )
    subject = Subject("customers.identity", check.pk)
    record("customers.identity.checked", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id,
           changes={"method": (None, method), "result": (None, result), "family": (None, link.pk if link else None)}, reason=check.note)  # fmt: skip
    record_fact(
        customer=customer,
        kind=FactKind.IDENTITY,
        item=_said(check),
        lines=[check.note] if check.note else [],
        subject=subject,
        by=by,
        at=at,
    )
    return check


def _said(check: IdentityCheck) -> Said:
    method, result = CheckMethod(check.method), CheckResult(check.result)
    if check.link is None:
        return CHECKED(method=method, result=result)
    return CHECKED_FAMILY(name=check.link.called, method=method, result=result)
