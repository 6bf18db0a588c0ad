"""Changing a number of the catalogue from a day on (NFR-003)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.limits import SECOND_FACTOR_ROLES
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.rules import Value, role_codes
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.limits.registry import find
from kefu.kernel.errors import Invalid, OutOfScope
from kefu.organisation.models import Node, Role, User


@action
def set_limit(
    *, code: str, value: Value, valid_from: date, node: Node | None = None, by: User, at: datetime
) -> LimitValue:
    """Let another value count from a day on, for everywhere or for a place and below; the history stays.

    Raises OutOfScope for an undeclared code, Invalid (`value`, `valid_from`): the past is not rewritten.
    """
    require(by, AdministrationPermission.LIMIT_EDIT, node_id=node.pk if node else None)
    limit = find(code)
    if limit is None:
        raise OutOfScope()
    if type(value) is not type(limit.default):
        raise Invalid.one("value", "kind", _("这个值的类型不对，请照原来的样子填。"))
    _check_roles(code, value)
    if valid_from < timezone.localdate(at):
        raise Invalid.one("valid_from", "past", _("生效日期不能早于今天，过去的记录不改写。"))
    before = limit.on(datetime.combine(valid_from, datetime.min.time(), timezone.get_current_timezone()), node_id=node.pk if node else None)  # fmt: skip
    row = LimitValue.objects.create(
        code=code, node=node, value=str(value) if isinstance(value, Decimal) else value, valid_from=valid_from,
        set_by=by, set_at=at,
    )  # fmt: skip
    record(
        "administration.limit.set", by=by, at=at, subject=Subject("limit", row.pk), node_id=node.pk if node else None,
        changes={"code": (code, code), "value": (before, value), "valid_from": (None, valid_from)},
    )  # fmt: skip
    return row


def _check_roles(code: str, value: Value) -> None:
    """A role written wrongly would leave its people without what the house wanted for them."""
    if code != SECOND_FACTOR_ROLES.code:
        return
    asked = role_codes(str(value))
    if unknown := asked - set(Role.objects.filter(code__in=asked).values_list("code", flat=True)):
        raise Invalid.one("value", "unknown_role", _("没有编码是 %(code)s 的角色。") % {"code": min(unknown)})
