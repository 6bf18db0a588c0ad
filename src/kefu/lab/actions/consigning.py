"""Samples on their way to the laboratory (LAB-005)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.lab.actions.progress import locked
from kefu.lab.choices import ConsignmentMode, SampleState
from kefu.lab.models import Consignment, Order, Sample
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.organisation.models import User


@action
def consign_samples(
    *,
    order: Order,
    mode: ConsignmentMode,
    carrier: str = "",
    waybill: str = "",
    sent_on: date | None = None,
    samples: Sequence[Sample] = (),
    by: User,
    at: datetime,
) -> Consignment:
    """Record that samples were sent by the centre or posted by the customer; without `samples` all that are not yet on their way.

    `sent_on` defaults to the day of `at`. Raises Invalid (carrier and waybill of a posted one, sent_on), Refused `nothing_to_send`.
    """
    require(by, LabPermission.SAMPLE_CHECK, customer=order.customer)
    held = locked(order)
    day = sent_on or timezone.localdate(at)
    _check(mode, carrier, waybill, day, at)
    waiting = held.samples.filter(consignment__isnull=True, state__in=[SampleState.AWAITED, SampleState.ACCEPTED])
    if samples:
        waiting = waiting.filter(pk__in=[sample.pk for sample in samples])
    ids = list(waiting.values_list("pk", flat=True))
    if not ids or (samples and len(ids) < len(samples)):
        raise Refused("nothing_to_send", _("没有等送检的样本。"))
    made = Consignment.objects.create(
        order=held, mode=mode, carrier=carrier.strip()[:60], waybill=waybill.strip()[:60], sent_on=day, by=by, at=at
    )
    Sample.objects.filter(pk__in=ids).update(consignment=made)
    record(
        "lab.samples.consigned", by=by, at=at, subject=subject_of(held), customer_id=held.customer_id, node_id=held.node_id,
        changes={"mode": (None, mode), "carrier": (None, made.carrier), "waybill": (None, made.waybill),
                 "sent_on": (None, day), "samples": (None, len(ids))},
    )  # fmt: skip
    return made


def _check(mode: ConsignmentMode, carrier: str, waybill: str, day: date, at: datetime) -> None:
    errors = []
    if mode == ConsignmentMode.POSTED and not carrier.strip():
        errors.append(FieldError("carrier", "required", _("客户寄回的样本，请填快递公司")))
    if mode == ConsignmentMode.POSTED and not waybill.strip():
        errors.append(FieldError("waybill", "required", _("客户寄回的样本，请填快递单号")))
    if day > timezone.localdate(at):
        errors.append(FieldError("sent_on", "future", _("送出日期不能晚于今天")))
    if errors:
        raise Invalid(errors)
