"""What becomes of requests by itself: late ones are flagged, offers run out, strangers are forgotten (APT-012, APT-013, SEC-001)."""

from __future__ import annotations

from datetime import datetime, timedelta

from kefu.appointments.actions.keeping import give_back
from kefu.appointments.actions.request_telling import publish_change, tell_lapsed, warn
from kefu.appointments.choices import WAITING, RequestState
from kefu.appointments.events import AppointmentEnded
from kefu.appointments.limits import STRANGER_DAYS
from kefu.appointments.models import AppointmentRequest, RequestStep
from kefu.appointments.queries.requests import offers_of
from kefu.customers.holding import lock
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.organisation.models import User

KIND = "appointments.request"


@action
def flag_late(*, request_id: int, by: User, at: datetime) -> bool:
    """Flag a request that nobody answered in time, and tell those concerned, once. Answers whether it was (APT-012)."""
    row = (
        AppointmentRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("node")
        .get(pk=request_id)
    )
    if row.answered_at is not None or row.breached_at is not None or row.due_at > at:
        nothing_changed()
        return False
    row.breached_at = at
    row.save(update_fields=["breached_at"])
    record("appointments.request.late", by=by, at=at, subject=Subject(KIND, row.pk), customer_id=row.customer_id, node_id=row.node_id,
           changes={"due": (None, row.due_at)})  # fmt: skip
    warn(request=row, at=at)
    return True


@action
def end_offers(*, request_id: int, by: User, at: datetime) -> bool:
    """Let an offer lapse that the customer did not take up; he or she is told. Answers whether it did (APT-013)."""
    found = AppointmentRequest.objects.get(pk=request_id)
    if found.customer_id is not None:
        lock(found.customer_id)
    rows = AppointmentRequest.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("customer__node", "customer__doctor", "customer__health_manager", "node").get(
        pk=request_id
    )
    if row.state != RequestState.OFFERED or offers_of(row, at):
        nothing_changed()
        return False
    close(request=row, state=RequestState.LAPSED, reason="", by=by, at=at)
    tell_lapsed(request=row, by=by, at=at)
    return True


@within_action
def withdraw_all(*, customer_id: int, reason: str, by: User, at: datetime) -> None:
    """Take back whatever a customer asked for who will not come."""
    rows = AppointmentRequest.objects.select_for_update(of=("self",), no_key=True).select_related("node")
    for row in rows.filter(customer_id=customer_id, state__in=WAITING).order_by("pk"):
        close(request=row, state=RequestState.WITHDRAWN, reason=reason, by=by, at=at)


@within_action
def withdraw_about(*, event: AppointmentEnded) -> None:
    """A visit that is over or will not be cannot be moved any more: whatever was asked for it is taken back (APT-007)."""
    rows = AppointmentRequest.objects.select_for_update(of=("self",), no_key=True).select_related("node")
    for row in rows.filter(customer_id=event.customer_id, about=event.appointment_id, state__in=WAITING).order_by("pk"):
        close(request=row, state=RequestState.WITHDRAWN, reason=event.reason, by=event.by, at=event.at)


@within_action
def close(*, request: AppointmentRequest, state: RequestState, reason: str, by: User, at: datetime) -> None:
    """End a request by itself, with its step and its row in the trail."""
    before, request.state, request.answered_at = request.state, state, request.answered_at or at
    request.save(update_fields=["state", "answered_at"])
    give_back(request=request, by=by, at=at)
    RequestStep.objects.create(request=request, state=state, reason=reason, by=by, at=at)
    record(f"appointments.request.{state}", by=by, at=at, subject=Subject(KIND, request.pk), customer_id=request.customer_id,
           node_id=request.node_id, changes={"state": (before, state)}, reason=reason)  # fmt: skip
    publish_change(request=request)


@action
def forget_strangers(*, by: User, at: datetime) -> int:
    """Empty name, number and words of requests by people who never came into the archive. Answers how many (SEC-001)."""
    before = at - timedelta(days=STRANGER_DAYS.on(at))
    rows = AppointmentRequest.objects.filter(customer__isnull=True, submitted_at__lt=before).exclude(state__in=WAITING)
    strangers = rows.exclude(name="", phone="")
    RequestStep.objects.filter(request__in=strangers).update(reason="")
    count = strangers.update(name="", sex="", phone="", email="", wish="")
    if not count:
        nothing_changed()
        return 0
    record("appointments.requests.forgotten", by=by, at=at, changes={"count": (0, count)})
    return count
