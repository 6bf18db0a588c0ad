"""The doctor's overall report (JRN-010)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.kernel.errors import Invalid
from kefu.lab.actions.overall_lock import locked_overall
from kefu.lab.actions.progress import progress
from kefu.lab.choices import ReportStatus
from kefu.lab.events import OverallWritten
from kefu.lab.gates import OVERALL
from kefu.lab.models import Order, OverallDraft, OverallText, Report
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.lab.sentences import OVERALL_AMENDED, OVERALL_WRITTEN
from kefu.organisation.models import User

KIND = "lab.report"
LONGEST = 20_000


@action
def save_overall_draft(*, report: Report, text: str, by: User, at: datetime) -> OverallDraft:
    """Keep what the doctor has typed so far; the last one to type wins. A draft is no fact and leaves no row in the trail.

    Raises Refused as `write_overall`.
    """
    require(by, LabPermission.OVERALL_WRITE, customer=report.order.customer)
    _order, held = locked_overall(report=report)
    draft, _made = OverallDraft.objects.update_or_create(
        report=held, defaults={"text": text[:LONGEST], "by": by, "at": at}
    )
    nothing_changed()
    return draft


@action
def write_overall(*, report: Report, text: str, reason: str = "", by: User, at: datetime) -> OverallText:
    """Enter the overall report; once entered, a change needs a reason and the earlier text stays (JRN-010).

    The same text again changes nothing. Raises Invalid (text, reason), Refused `superseded`, `not_overall`.
    """
    require(by, LabPermission.OVERALL_WRITE, customer=report.order.customer)
    order, held = locked_overall(report=report)
    if not held.texts.exists():
        check(OVERALL, by=by, at=at, customer_id=order.customer_id, subject=subject_of(order))
    last = held.texts.order_by("version").last()
    text, reason = _checked(text, reason, amends=last is not None and last.text != text.strip())
    if last is not None and last.text == text:
        OverallDraft.objects.filter(report=held).delete()
        nothing_changed()
        return last
    made = OverallText.objects.create(
        report=held, version=last.version + 1 if last else 1, text=text, reason=reason if last else "", by=by, at=at
    )
    OverallDraft.objects.filter(report=held).delete()
    if last is None:
        held.status = ReportStatus.WRITTEN
        held.save(update_fields=["status"])
        progress(order, overall_at=at)
    _write_down(order, held, made, last, by, at)
    if last is None:
        announce(OverallWritten(order_id=order.pk, customer_id=order.customer_id, by=by, at=at))
    return made


def _checked(text: str, reason: str, *, amends: bool) -> tuple[str, str]:
    text, reason = text.strip(), reason.strip()[:200]
    if not text:
        raise Invalid.one("text", "required", _("请填写总检意见"))
    if len(text) > LONGEST:
        raise Invalid.one("text", "too_long", _("总检意见最多 %s 字") % LONGEST)
    if amends and not reason:
        raise Invalid.one("reason", "required", _("总检已经录入，请写明修改的原因"))
    return text, reason


def _write_down(
    order: Order, report: Report, made: OverallText, last: OverallText | None, by: User, at: datetime
) -> None:
    record(
        "lab.overall.amended" if last else "lab.overall.written", by=by, at=at, subject=Subject(KIND, report.pk),
        customer_id=order.customer_id, node_id=order.node_id, reason=made.reason,
        changes={"version": (last.version if last else None, made.version)},
        personal={"text": (last.text if last else None, made.text)},
    )  # fmt: skip
    told = OVERALL_AMENDED if last else OVERALL_WRITTEN
    record_fact(customer=order.customer_id, kind=FactKind.REPORT, item=told(number=order.number),
                lines=[made.reason] if made.reason else [], subject=subject_of(order), by=by, at=at)  # fmt: skip
