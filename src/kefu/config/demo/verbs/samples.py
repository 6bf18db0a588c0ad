"""From the order to samples on their way to the laboratory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kefu.config.demo.walk import Walk, verb
from kefu.lab.actions import (
    Finding,
    check_samples,
    consign_samples,
    issue_kit,
    issue_replacement_kit,
    place_order,
    print_order,
    record_signature,
)
from kefu.lab.choices import ConsignmentMode, KitMode, SampleState, Signer
from kefu.products.models import Package, RejectReason, TestItem


@verb
def order(walk: Walk, at: datetime, *, tests: Sequence[str] = (), packages: Sequence[str] = (), note: str = "") -> None:
    """The doctor orders tests."""
    found = {item.code: item for item in TestItem.objects.filter(code__in=tests)}
    place_order(
        customer=walk.customer, doctor=walk.person("doctor"), items=[found[code] for code in tests], note=note,
        packages=list(Package.objects.filter(code__in=packages)), by=walk.person("doctor"), at=at,
    )  # fmt: skip


@verb
def sign(walk: Walk, at: datetime, *, guardian: str = "") -> None:
    """The customer, or the guardian, signs the printed sheet; the total is due."""
    signer = Signer.GUARDIAN if guardian else Signer.CUSTOMER
    record_signature(order=walk.order, signer=signer, signer_name=guardian, by=walk.person("manager"), at=at)


@verb
def kit(walk: Walk, at: datetime, *, mode: str = "handed", carrier: str = "", waybill: str = "") -> None:
    """The kits leave the centre's stock."""
    issue_kit(order=walk.order, mode=KitMode(mode), carrier=carrier, waybill=waybill, by=walk.person("manager"), at=at)


@verb
def kit_again(walk: Walk, at: datetime, *, mode: str = "handed") -> None:
    """A new kit for what has to be taken again."""
    issue_replacement_kit(order=walk.order, mode=KitMode(mode), by=walk.person("manager"), at=at)


@verb
def samples(walk: Walk, at: datetime, *, unfit: str = "", note: str = "", by: str = "manager") -> None:
    """All awaited samples are checked: qualified, or all unfit for one reason."""
    reason = RejectReason.objects.get(code=unfit) if unfit else None
    awaited = walk.order.samples.filter(state=SampleState.AWAITED)
    findings = [Finding(sample, quality_ok=not unfit, reason=reason, note=note) for sample in awaited]
    check_samples(order=walk.order, findings=findings, by=walk.person(by), at=at)


@verb
def sent(walk: Walk, at: datetime, *, by: str = "manager") -> None:
    """The centre sends the samples to the laboratory."""
    consign_samples(order=walk.order, mode=ConsignmentMode.SENT, by=walk.person(by), at=at)


@verb
def printed(walk: Walk, at: datetime, *, document: str) -> None:
    """A paper of the order is printed."""
    print_order(order=walk.order, document=document, by=walk.person("manager"), at=at)
