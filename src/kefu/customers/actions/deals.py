"""Contracts, audited by a colleague before they count as deals (CUS-030)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold
from kefu.customers.models import Customer, Deal, DealCheck, Source
from kefu.customers.permissions import CustomerPermission
from kefu.customers.sentences import DEAL, DEAL_COUNTS, DEAL_REFUSED
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User

LENGTH = 40


@action
def enter_deal(
    *,
    customer: Customer,
    contract_number: str,
    amount: Decimal,
    signed_on: date,
    source: Source,
    by: User,
    at: datetime,
) -> Deal:
    """Enter a signed contract with the channel the customer came by. It does not count yet.

    Raises Invalid (`contract_number`, `amount`, `signed_on`), Refused `contract_known`, Forbidden, OutOfScope (CUS-030).
    """
    require(by, CustomerPermission.GRADING_TRACK, customer=customer)
    hold(customer.pk)
    number, errors = contract_number.strip(), []
    if not number or len(number) > LENGTH:
        errors.append(FieldError("contract_number", "required", _("请填写合同号，最多 40 个字。")))
    if amount <= 0:
        errors.append(FieldError("amount", "not_positive", _("金额要大于零。")))
    if signed_on > timezone.localdate(at):
        errors.append(FieldError("signed_on", "in_future", _("日期不能晚于今天。")))
    if errors:
        raise Invalid(errors)
    if Deal.objects.filter(contract_number=number).exists():
        raise Refused("contract_known", _("这个合同号已经登记过。"))
    deal = Deal.objects.create(
        customer=customer, contract_number=number, amount=amount, signed_on=signed_on, source=source, by=by, at=at
    )
    changes: dict[str, tuple[object, object]] = {
        "contract_number": (None, number), "amount": (None, amount), "signed_on": (None, signed_on), "source": (None, source.code),
    }  # fmt: skip
    subject = Subject("customers.deal", deal.pk)
    record("customers.deal.entered", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id,
           changes=changes)  # fmt: skip
    record_fact(customer=customer, kind=FactKind.ARCHIVE, item=DEAL(number=number), subject=subject, by=by, at=at)
    return deal


@action
def check_deal(
    *, deal: Deal, contract_sound: bool, channel_true: bool, note: str = "", by: User, at: datetime
) -> DealCheck:
    """Say whether the contract is sound and the channel true; only when both are does the deal count. Never by who entered it.

    Raises Invalid (`note` when one is not), Refused `own_deal` or `checked`, Forbidden, OutOfScope (CUS-030).
    """
    customer = deal.customer
    require(by, CustomerPermission.DEAL_CHECK, customer=customer)
    hold(customer.pk)
    if deal.by_id == by.pk:
        raise Refused("own_deal", _("自己登记的合同要由别的同事审核。"))
    latest = deal.checks.first()
    if latest is not None and latest.passed:
        raise Refused("checked", _("这份合同已经审核通过。"))
    if not (contract_sound and channel_true) and not note.strip():
        raise Invalid.one("note", "required", _("请写明哪里不对。"))
    check = DealCheck.objects.create(
        deal=deal, contract_sound=contract_sound, channel_true=channel_true, note=note.strip(), by=by, at=at
    )
    subject = Subject("customers.deal", deal.pk)
    record("customers.deal.checked", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id, reason=note.strip(),
           changes={"contract_sound": (None, contract_sound), "channel_true": (None, channel_true)})  # fmt: skip
    words = DEAL_COUNTS if check.passed else DEAL_REFUSED
    record_fact(customer=customer, kind=FactKind.ARCHIVE, item=words(number=deal.contract_number), subject=subject, by=by, at=at)  # fmt: skip
    return check
