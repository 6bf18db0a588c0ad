"""Everything to know before the first word to a customer (CUS-033, CUS-034)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import FlagKind, Stage
from kefu.customers.models import Customer
from kefu.customers.presentation import cautions
from kefu.customers.queries.facts import flags_of, has_died, lacks_guardian
from kefu.foundation.ui.inputs import Caution

SEVERE = frozenset({FlagKind.UNREASONABLE, FlagKind.REFUSE_TO_SELL, FlagKind.INCAPACITY})


def all_cautions(customer: Customer, at: datetime) -> list[Caution]:
    """Death, flags with their reasons, a minor without guardian, and the archive's own cautions. Two or three queries."""
    dead = customer.stage == Stage.CLOSED and has_died(customer.pk)
    found = [Caution(_("客户已去世，不要联系"), severe=True)] if dead else []
    for flag in flags_of(customer):
        kind = FlagKind(flag.kind)
        found.append(Caution(format_lazy("{kind}：{reason}", kind=kind.label, reason=flag.reason), kind in SEVERE))
    if lacks_guardian(customer, timezone.localdate(at)):
        found.append(Caution(_("未成年，还没有登记监护人"), severe=True))
    return found + cautions(customer)
