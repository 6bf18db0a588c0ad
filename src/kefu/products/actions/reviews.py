"""Taking the mark "demonstration data" off an entry once the responsible physician has replaced it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.products.changing import E, locked, subject_of
from kefu.products.permissions import ProductsPermission


@action
def confirm_content(*, entry: E, reason: str, by: User, at: datetime) -> E:
    """State that a physician reviewed the entry's medical content; `reason` says who and on what basis.

    Raises Invalid without a reason, Refused when it carries no such mark.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明由哪位医师审核、依据是什么"))
    current = locked(entry)
    if not current.demonstration:
        raise Refused("already_confirmed", _("这一项已经不是演示数据了"))
    current.demonstration = False
    current.save(update_fields=["demonstration"])
    record(
        "products.content.confirmed",
        by=by,
        at=at,
        subject=subject_of(current),
        changes={"demonstration": (True, False)},
        reason=reason.strip(),
    )
    return current
