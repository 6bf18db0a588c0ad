"""A customer's data rests, is erased, or is used again: one colleague enters what was asked, another decides (SEC-001, CUS-037)."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.erasing import erase_from_everywhere
from kefu.customers.choices import Asker, RequestKind, RequestState, Stage
from kefu.customers.events import CustomerClosed, CustomerRestricted
from kefu.customers.holding import lock, merged_into
from kefu.customers.limits import REQUEST_DAYS
from kefu.customers.merging import Joining
from kefu.customers.models import Customer, LegalHold, PrivacyRequest
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.merges import ids_under
from kefu.customers.queries.privacy import REQUEST, kept_until, on_hold, type_to_erase
from kefu.customers.queries.reading import identity_check_of
from kefu.customers.sentences import ERASED, RESTRICTED
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.files.actions import attach
from kefu.foundation.jobs.defer import defer
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.worktime import add_workdays
from kefu.organisation.models import User

HOLD = "customers.legal_hold"
GROUND, REASON = 500, 200


@action
def ask_privacy(
    *, customer: Customer, kind: str, asker: str, ground: str, scan: File[bytes] | None = None, by: User, at: datetime
) -> PrivacyRequest:
    """Enter what was asked about a customer's data; a colleague decides about it within 15 working days.

    Raises Invalid (`kind`, `asker`, `ground`, `upload`), Refused `not_checked` without a check of who asks, `open` while another request
    waits, `erased`, `restricted`, `not_restricted`, Forbidden, OutOfScope (SEC-001, CUS-037).
    """
    require(
        by,
        CustomerPermission.PRIVACY_DECIDE if kind == RequestKind.LIFT else CustomerPermission.PRIVACY_ASK,
        customer=customer,
    )
    why = _read(kind, asker, ground)
    locked = _locked(customer)
    _require_sense(locked, kind)
    check = identity_check_of(locked, at)
    if check is None and asker != Asker.AUTHORITY and kind != RequestKind.LIFT:
        raise Refused("not_checked", _("请先核对来人或来电的身份。"))
    if PrivacyRequest.objects.filter(customer=locked, state=RequestState.ASKED).exists():
        raise Refused("open", _("已有一项要求在等决定。"))
    days = REQUEST_DAYS.on(at, node_id=locked.node_id)
    due_on = add_workdays(calendar_for(locked.node), timezone.localdate(at), days)
    made = PrivacyRequest.objects.create(
        customer=locked, kind=kind, asker=asker, ground=why, check_made=check, due_on=due_on, by=by, at=at
    )
    _record(
        made,
        "customers.privacy.asked",
        by,
        at,
        {"kind": (None, kind), "asker": (None, asker), "due_on": (None, due_on)},
    )
    if scan is not None:
        attach(
            subject=Subject(REQUEST, made.pk), customer_id=locked.pk, kind="privacy_request", upload=scan, by=by, at=at
        )
    return made


@action
def approve_privacy(*, request: PrivacyRequest, typed: str = "", by: User, at: datetime) -> PrivacyRequest:
    """The second person agrees: the data rests, is used again, or is erased, at once or when nothing keeps it any more.

    To erase, the archive number is typed. Raises Invalid (`typed`), Refused `own_request`, `decided`, `erased`, Forbidden, OutOfScope.
    """
    asked, customer = _to_decide(request, by)
    if asked.kind == RequestKind.ERASE and typed.strip().upper() != type_to_erase(customer):
        raise Invalid.one("typed", "different", _("和档案号不一致，没有删除。"))
    _decide(asked, RequestState.DONE, "", by, at)
    _record(asked, "customers.privacy.approved", by, at, {"state": (RequestState.ASKED.value, asked.state)})
    if asked.kind == RequestKind.LIFT:
        _use_again(customer, by, at)
    elif asked.kind == RequestKind.RESTRICT:
        _let_rest(customer, asked, by, at)
    elif _kept(customer, at):
        asked.state, asked.done_at = RequestState.WAITING, None
        asked.save(update_fields=["state", "done_at"])
        _let_rest(customer, asked, by, at)
    else:
        _erase(customer, asked, by, at)
    return asked


@action
def decline_privacy(*, request: PrivacyRequest, reason: str, by: User, at: datetime) -> PrivacyRequest:
    """The second person does not agree, and says why. Raises Invalid (`reason`), Refused `own_request`, `decided`, Forbidden, OutOfScope."""
    asked, _customer = _to_decide(request, by)
    if not reason.strip() or len(reason.strip()) > GROUND:
        raise Invalid.one("reason", "required", _("请写明理由，500 字以内。"))
    _decide(asked, RequestState.DECLINED, reason.strip(), by, at)
    _record(
        asked,
        "customers.privacy.declined",
        by,
        at,
        {"state": (RequestState.ASKED.value, asked.state)},
        reason=asked.decided_reason,
    )
    return asked


@action
def carry_out(*, request: PrivacyRequest, by: User, at: datetime) -> bool:
    """Erase a customer for whom that was approved, if nothing keeps the data any more; answers whether it was done. Safe to repeat."""
    customer = Customer.objects.get(pk=request.customer_id)
    lock(customer.pk)
    asked = PrivacyRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    customer.refresh_from_db()
    if asked.state != RequestState.WAITING or customer.merged_into_id is not None or _kept(customer, at):
        nothing_changed()
        return False
    asked.state, asked.done_at = RequestState.DONE, at
    asked.save(update_fields=["state", "done_at"])
    _erase(customer, asked, by, at)
    return True


@action
def erase_again(*, customer: Customer, by: User, at: datetime) -> bool:
    """Erase a customer who was erased before, and came back with a backup; answers whether there was anything to do."""
    ids = ids_under(customer.pk)
    lock(*ids)
    customer.refresh_from_db()
    if customer.erased_at is not None:
        nothing_changed()
        return False
    announce(CustomerRestricted(customer_id=customer.pk, reason=RESTRICTED.code, by=by, at=at))
    _erase_rows(ids, by, at, "restored")
    return True


@action
def place_hold(*, customer: Customer, reason: str, by: User, at: datetime) -> LegalHold:
    """A court, an authority or a complaint needs the data: it is not erased. Raises Invalid (`reason`), Refused `erased`, Forbidden, OutOfScope."""
    require(by, CustomerPermission.PRIVACY_DECIDE, customer=customer)
    why = _reason(reason)
    locked = _locked(customer)
    made = LegalHold.objects.create(customer=locked, reason=why, by=by, at=at)
    _record_hold("customers.hold.placed", made, locked, why, by, at)
    return made


@action
def lift_hold(*, hold: LegalHold, reason: str, by: User, at: datetime) -> LegalHold:
    """The data need not be kept for this any longer. Raises Invalid (`reason`), Refused `lifted`, Forbidden, OutOfScope."""
    require(by, CustomerPermission.PRIVACY_DECIDE, customer=hold.customer)
    why = _reason(reason)
    locked = _locked(hold.customer)
    hold.refresh_from_db()
    if hold.lifted_at is not None:
        raise Refused("lifted", _("这项保留已经取消。"))
    hold.lifted_by, hold.lifted_at, hold.lifted_reason = by, at, why
    hold.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
    _record_hold("customers.hold.lifted", hold, locked, why, by, at)
    return hold


def _record_hold(code: str, hold: LegalHold, customer: Customer, reason: str, by: User, at: datetime) -> None:
    subject = Subject(HOLD, hold.pk)
    record(code, by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id, reason=reason)


@within_action
def combine_requests(joining: Joining) -> None:
    """Requests move; an open or waiting one of the merged customer stays where the surviving one has one of its own."""
    ours = PrivacyRequest.objects.filter(
        customer=joining.survivor_id, state__in=(RequestState.ASKED, RequestState.WAITING)
    )
    theirs = PrivacyRequest.objects.filter(customer=joining.merged_id)
    joining.set(theirs.exclude(state__in=list(ours.values_list("state", flat=True))), customer_id=joining.survivor_id)


def _read(kind: str, asker: str, ground: str) -> str:
    errors = []
    if kind not in RequestKind.values:
        errors.append(FieldError("kind", "unknown", _("请选择客户要求什么。")))
    if asker not in Asker.values:
        errors.append(FieldError("asker", "unknown", _("请选择谁提出的。")))
    if not ground.strip() or len(ground.strip()) > GROUND:
        errors.append(FieldError("ground", "required", _("请写明理由，500 字以内。")))
    if errors:
        raise Invalid(errors)
    return ground.strip()


def _reason(reason: str) -> str:
    if not reason.strip() or len(reason.strip()) > REASON:
        raise Invalid.one("reason", "required", _("请写明原因，200 字以内。"))
    return reason.strip()


def _locked(customer: Customer) -> Customer:
    """The customer held and fresh, also one whose data rests. Raises Refused `merged`, `erased`."""
    lock(customer.pk)
    fresh = Customer.objects.select_related("node").get(pk=customer.pk)
    if fresh.merged_into_id is not None:
        raise merged_into(fresh.merged_into_id)
    if fresh.erased_at is not None:
        raise Refused("erased", _("这位客户的资料已经删除。"))
    return fresh


def _require_sense(customer: Customer, kind: str) -> None:
    if kind == RequestKind.RESTRICT and customer.restricted_at is not None:
        raise Refused("restricted", _("这位客户的资料已经限制使用。"))
    if kind == RequestKind.LIFT and customer.restricted_at is None:
        raise Refused("not_restricted", _("这位客户的资料没有限制使用。"))
    if kind == RequestKind.ERASE and customer.privacy_requests.filter(state=RequestState.WAITING).exists():
        raise Refused("waiting", _("已经同意删除，保存期满时删除。"))


def _to_decide(request: PrivacyRequest, by: User) -> tuple[PrivacyRequest, Customer]:
    """The request and its customer, held, if the person may decide. Raises Forbidden, OutOfScope, Refused."""
    require(by, CustomerPermission.PRIVACY_DECIDE, customer=request.customer)
    if request.by_id == by.pk:
        raise Refused("own_request", _("自己登记的要求要由另一位同事决定。"))
    customer = _locked(request.customer)
    asked = PrivacyRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if asked.state != RequestState.ASKED:
        raise Refused("decided", _("这项要求已经决定过。"))
    return asked, customer


def _decide(asked: PrivacyRequest, state: RequestState, reason: str, by: User, at: datetime) -> None:
    asked.state, asked.decided_by, asked.decided_at, asked.decided_reason = state, by, at, reason
    asked.done_at = at if state == RequestState.DONE else None
    asked.save(update_fields=["state", "decided_by", "decided_at", "decided_reason", "done_at"])


def _kept(customer: Customer, at: datetime) -> bool:
    until = kept_until(customer, at)
    return on_hold(customer) or (until is not None and until > timezone.localdate(at))


def _let_rest(customer: Customer, asked: PrivacyRequest, by: User, at: datetime) -> None:
    if customer.restricted_at is not None:
        return
    Customer.objects.filter(pk=customer.pk).update(restricted_at=at, version=customer.version + 1)
    _record(asked, "customers.privacy.restricted", by, at, {"restricted": (False, True)})
    announce(CustomerRestricted(customer_id=customer.pk, reason=RESTRICTED.code, by=by, at=at))


def _use_again(customer: Customer, by: User, at: datetime) -> None:
    Customer.objects.filter(pk=customer.pk).update(restricted_at=None, version=customer.version + 1)
    customer.privacy_requests.filter(state=RequestState.WAITING).update(state=RequestState.DROPPED)
    record("customers.privacy.lifted", by=by, at=at, subject=Subject("customers.customer", customer.pk), customer_id=customer.pk,
           node_id=customer.node_id, changes={"restricted": (True, False)})  # fmt: skip


def _erase(customer: Customer, asked: PrivacyRequest, by: User, at: datetime) -> None:
    ids = ids_under(customer.pk)
    lock(*ids)
    _let_rest(customer, asked, by, at)
    customer.privacy_requests.filter(state=RequestState.WAITING).exclude(pk=asked.pk).update(state=RequestState.DROPPED)
    _erase_rows(ids, by, at, "asked")


def _erase_rows(ids: list[int], by: User, at: datetime, why: str) -> None:
    standing = Customer.objects.filter(pk__in=ids, merged_into__isnull=True)
    for customer in standing.exclude(stage=Stage.CLOSED):
        standing.update(stage=Stage.CLOSED, closed_at=at, closed_reason=ERASED.code, restricted_at=None)
        announce(CustomerClosed(customer_id=customer.pk, reason=ERASED.code, by=by, at=at))
    rows = erase_from_everywhere(customer_ids=ids, at=at)
    nodes = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "node_id"))
    for pk in ids:
        record("customers.customer.erased", by=by, at=at, subject=Subject("customers.customer", pk), customer_id=pk, node_id=nodes[pk],
               changes={"rows": (None, rows), "why": (None, why)})  # fmt: skip
    defer("customers.keep_erased")


def _record(
    asked: PrivacyRequest, code: str, by: User, at: datetime, changes: dict[str, Change], reason: str = ""
) -> None:
    record(code, by=by, at=at, subject=Subject(REQUEST, asked.pk), customer_id=asked.customer_id, node_id=asked.customer.node_id,
           changes=changes, reason=reason)  # fmt: skip
