"""Family members, guardians and proxies (CUS-002)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Relation
from kefu.customers.holding import held
from kefu.customers.indexing import reindex
from kefu.customers.models import Customer, FamilyLink
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User


@action
def add_family(*, customer: Customer, relation: str, relative: Customer | None = None, name: str = "", guardian: bool = False,
               proxy: bool = False, by: User, at: datetime) -> FamilyLink:  # fmt: skip
    """Enter a family member, by archive or only by name; a proxy may arrange things for the customer, but sees no reports.

    Raises Invalid (`relation`, `name`), Refused `family_known`, Forbidden, OutOfScope.
    """
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    if relation not in Relation.values:
        raise Invalid.one("relation", "unknown_relation", _("请选择与家人的关系。"))
    if relative is None and not name.strip():
        raise Invalid.one("name", "required", _("请填写家人的姓名，或选择已有的客户。"))
    if relative is not None and relative.pk == customer.pk:
        raise Invalid.one("relative", "same_person", _("不能把客户本人登记为家人。"))
    locked = held(customer)
    if relative is not None and customer.family.filter(relative=relative, active=True).exists():
        raise Refused("family_known", _("这位家人已经登记过。"))
    link = FamilyLink.objects.create(
        customer=customer, relative=relative, name=name.strip(), relation=relation, guardian=guardian, proxy=proxy
    )
    reindex(locked)
    changes: dict[str, tuple[object, object]] = {"relation": (None, relation), "relative": (None, relative.pk if relative else None),
                                                 "guardian": (None, guardian), "proxy": (None, proxy)}  # fmt: skip
    record("customers.family.added", by=by, at=at, subject=Subject("customers.family", link.pk), customer_id=customer.pk,
           node_id=customer.node_id, changes=changes, personal={"name": (None, link.name)})  # fmt: skip
    return link


@action
def end_family(*, link: FamilyLink, reason: str, by: User, at: datetime) -> None:
    """End a family link that is wrong or over. Raises Refused `phone_shared` while a phone number depends on it, Invalid (`reason`)."""
    customer = link.customer
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    if link.contacts.filter(active=True).exists():
        raise Refused("phone_shared", _("两人共用一个电话，请先停用共用的号码。"))
    locked = held(customer)
    link.active = False
    link.save(update_fields=["active"])
    reindex(locked)
    record("customers.family.ended", by=by, at=at, subject=Subject("customers.family", link.pk), customer_id=customer.pk,
           node_id=customer.node_id, changes={"active": (True, False)}, reason=reason.strip())  # fmt: skip
