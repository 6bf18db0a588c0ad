"""Checking samples on arrival: contents, number, qualified or not (LAB-006, JRN-007)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import Invalid, Refused
from kefu.lab.actions.messages_out import tell_sample_unfit, tell_samples_accepted
from kefu.lab.actions.progress import locked, progress
from kefu.lab.actions.promises import promise_report
from kefu.lab.choices import KitMode, PromiseKind, SampleState
from kefu.lab.events import SampleAccepted, SampleCheckUndone, SampleRejected
from kefu.lab.gates import CHECK
from kefu.lab.models import Order, Sample
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import order_url, subject_of
from kefu.lab.queries.dates import return_date
from kefu.lab.queries.lines import active_items
from kefu.lab.sentences import RESAMPLE, SAMPLE_FIT, SAMPLE_UNDONE, SAMPLE_UNFIT, SAMPLES
from kefu.organisation.models import User
from kefu.products.models import RejectReason


@dataclass(frozen=True)
class Finding:
    """What somebody found about one sample. All three good: it goes to the laboratory; otherwise it says why not."""

    sample: Sample
    contents_ok: bool = True
    number_ok: bool = True
    quality_ok: bool = True
    reason: RejectReason | None = None
    note: str = ""

    @property
    def qualified(self) -> bool:
        """Whether the sample may go to testing."""
        return self.contents_ok and self.number_ok and self.quality_ok

    @property
    def why(self) -> str:
        """Why the sample is unfit, in the house's language, whoever found it."""
        return "，".join(part for part in (self.reason.zh if self.reason else "", self.note.strip()) if part)

    @property
    def finding(self) -> str:
        """The same for the trail: codes, and the note as it was typed."""
        code = "qualified" if self.qualified else self.reason.code if self.reason else "unqualified"
        return f"{code} {self.note.strip()}".strip()


@action
def check_samples(
    *,
    order: Order,
    findings: Sequence[Finding],
    taken_at: datetime | None = None,
    site: str = "",
    by: User,
    at: datetime,
) -> list[Sample]:
    """Record the three checks of samples of one order; answers them, and the samples that replace unfit ones.

    Only qualified samples go to testing. When every ordered test has one, the order is in testing, the report date is worked
    out anew and the customer told; an unfit one is kept beside a new number to be taken again (LAB-006, JRN-007).
    Raises Invalid without a reason for an unfit one, Refused `nothing_to_check`, `order_cancelled`, `already_checked`.
    """
    require(by, LabPermission.SAMPLE_CHECK, customer=order.customer)
    held = locked(order)
    check(CHECK, by=by, at=at, customer_id=order.customer_id, subject=subject_of(order))
    samples = _awaited(held, findings)
    for finding in findings:
        _write_finding(samples[finding.sample.pk], finding, taken_at, site, by, at)
    unfit = [finding for finding in findings if not finding.qualified]
    replacing = [_replace(held, samples[finding.sample.pk], at) for finding in unfit]
    complete = not unfit and _all_accepted(held)
    if complete:
        promise_report(held, PromiseKind.RECOMPUTED, by=by, at=at)
    progress(held, testing_since=at if complete else None)
    _write_down(held, findings, samples, by, at)
    if unfit:
        _tell_unfit(held, unfit, by, at)
    if complete:
        tell_samples_accepted(held, by=by, at=at)
        announce(SampleAccepted(order_id=held.pk, customer_id=held.customer_id, by=by, at=at))
    return [*samples.values(), *replacing]


@action
def undo_check(*, sample: Sample, reason: str, by: User, at: datetime) -> Sample:
    """Take a mistaken check back: the sample is awaited again, its replacement falls away.

    Raises Invalid without a reason, Refused `not_checked`, `report_arrived`, `replacement_checked`.
    """
    require(by, LabPermission.SAMPLE_CHECK, customer=sample.order.customer)
    held, reason = locked(sample.order), reason.strip()[:200]
    if not reason:
        raise Invalid.one("reason", "required", _("请写明撤销的原因"))
    current = Sample.objects.get(pk=sample.pk)
    if current.state not in (SampleState.ACCEPTED, SampleState.REJECTED):
        raise Refused("not_checked", _("这件样本还没有核对，不用撤销。"))
    if held.report_arrived_at is not None:
        raise Refused("report_arrived", _("检验报告已经送达，收样核对不能再撤销。"))
    _drop_replacements(current)
    before = current.state
    for field in ("contents_ok", "number_ok", "quality_ok", "reason", "checked_by", "checked_at", "checked_node"):
        setattr(current, field, None)
    current.state, current.note = SampleState.AWAITED, ""
    current.save()
    if held.testing_since is not None:
        promised = held.promises.filter(kind=PromiseKind.PROMISED).last()
        held.promised_due = promised.due_on if promised else None
        held.save(update_fields=["promised_due"])
    progress(held, testing_since=None)
    record("lab.sample.check_undone", by=by, at=at, subject=subject_of(held), customer_id=held.customer_id,
           node_id=held.node_id, reason=reason, changes={current.barcode: (before, current.state)})  # fmt: skip
    record_fact(customer=held.customer_id, kind=FactKind.SAMPLE, item=SAMPLE_UNDONE(barcode=current.barcode),
                lines=[reason], subject=subject_of(held), by=by, at=at)  # fmt: skip
    announce(SampleCheckUndone(order_id=held.pk, customer_id=held.customer_id, reason=reason, by=by, at=at))
    return current


def _awaited(order: Order, findings: Sequence[Finding]) -> dict[int, Sample]:
    if order.cancelled_at is not None:
        raise Refused("order_cancelled", _("这张检测单已经作废。"))
    wanted = {finding.sample.pk for finding in findings}
    samples = {sample.pk: sample for sample in order.samples.filter(pk__in=wanted).order_by("pk")}
    if not findings or samples.keys() != wanted:
        raise Refused("nothing_to_check", _("这张检测单没有待收的样本。"))
    if any(sample.state != SampleState.AWAITED for sample in samples.values()):
        raise Refused("already_checked", _("样本已经核对过了。"))
    if any(not finding.qualified and not finding.why for finding in findings):
        raise Invalid.one("reason", "required", _("不合格的样本，请选原因"))
    return samples


def _write_finding(
    sample: Sample, finding: Finding, taken_at: datetime | None, site: str, by: User, at: datetime
) -> None:
    sample.contents_ok, sample.number_ok, sample.quality_ok = finding.contents_ok, finding.number_ok, finding.quality_ok
    sample.state = SampleState.ACCEPTED if finding.qualified else SampleState.REJECTED
    sample.reason, sample.note = (None, "") if finding.qualified else (finding.reason, finding.note.strip()[:200])
    sample.checked_by, sample.checked_at, sample.checked_node = by, at, by.node
    sample.taken_at, sample.site = taken_at or sample.taken_at, site or sample.site
    sample.save()


def _replace(order: Order, unfit: Sample, at: datetime) -> Sample:
    """The sample to be taken again, under the next number of the same box."""
    base = unfit.barcode.rpartition("-")[0]
    number = order.samples.filter(barcode__startswith=f"{base}-").count() + 1
    mode = unfit.kit_line.issue.mode if unfit.kit_line else KitMode.HANDED
    return Sample.objects.create(
        order=order, order_item=unfit.order_item, barcode=f"{base}-{number}", replaces=unfit,
        due_on=return_date(order.node, KitMode(mode), at),
    )  # fmt: skip


def _drop_replacements(sample: Sample) -> None:
    later = sample.replacements.exclude(state=SampleState.VOID)
    if later.exclude(state=SampleState.AWAITED, kit_line__isnull=True).exists():
        raise Refused("replacement_checked", _("补采的样本已经发盒或核对，不能再撤销。"))
    later.update(state=SampleState.VOID)


def _all_accepted(order: Order) -> bool:
    accepted = set(order.samples.filter(state=SampleState.ACCEPTED).values_list("order_item_id", flat=True))
    return all(line.pk in accepted for line in active_items(order))


def _write_down(order: Order, findings: Sequence[Finding], samples: dict[int, Sample], by: User, at: datetime) -> None:
    told = [_found(one, samples[one.sample.pk].barcode) for one in findings]
    record(
        "lab.sample.checked", by=by, at=at, subject=subject_of(order), customer_id=order.customer_id, node_id=by.node_id,
        changes={samples[one.sample.pk].barcode: (SampleState.AWAITED, samples[one.sample.pk].state) for one in findings},
        personal={"findings": (None, "；".join(f"{samples[one.sample.pk].barcode} {one.finding}" for one in findings))},
    )  # fmt: skip
    record_fact(customer=order.customer_id, kind=FactKind.SAMPLE, item=SAMPLES(number=order.number), lines=told,
                subject=subject_of(order), by=by, at=at)  # fmt: skip


def _found(one: Finding, barcode: str) -> Said:
    why = [part for part in (one.reason, one.note.strip()) if part]
    return SAMPLE_FIT(barcode=barcode) if one.qualified else SAMPLE_UNFIT(barcode=barcode, why=why)


def _tell_unfit(order: Order, unfit: Sequence[Finding], by: User, at: datetime) -> None:
    reason = "；".join(dict.fromkeys(finding.why for finding in unfit))
    manager = order.customer.health_manager
    if manager is not None and manager.pk != by.pk:
        tell(
            users=[manager],
            code="lab_resampling",
            text=RESAMPLE(number=order.number),
            link=order_url(order.pk),
            customer_id=order.customer_id,
            at=at,
        )
    tell_sample_unfit(order, by=by, at=at)
    announce(SampleRejected(order_id=order.pk, customer_id=order.customer_id, reason=reason, by=by, at=at))
