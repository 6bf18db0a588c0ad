"""A customer agrees or withdraws; an administrator writes what is asked."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import ConsentMethod, ConsentScope, ConsentState, FactKind, Stage
from kefu.customers.events import ConsentWithdrawn
from kefu.customers.holding import hold
from kefu.customers.limits import CONSENT_AGE
from kefu.customers.models import ConsentEntry, ConsentText, Customer, FamilyLink
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.consents import CONSENT, CONSENT_SHEET, standing_of
from kefu.customers.rights import require_customer
from kefu.customers.sentences import AGREED, WITHDRAWN
from kefu.customers.shipped import consent_words
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.files.actions import attach
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User

NOTE = 200


@action
def give_consent(
    *, customer: Customer, scope: str, method: str, guardian: FamilyLink | None = None, note: str = "",
    scan: File[bytes] | None = None, by: User, at: datetime,
) -> ConsentEntry:  # fmt: skip
    """Write that the customer agrees to the text in use; for a minor a guardian of the family signs.

    Raises Invalid (`scope`, `method`, `guardian`, `note`, `upload`), Refused `closed`, Forbidden, OutOfScope (SEC-001).
    """
    locked = _begin(customer, scope, method, guardian, note, by, at)
    if locked.stage == Stage.CLOSED:
        raise Refused("closed", _("这位客户已关闭，请先恢复。"))
    return _enter(locked, text_in_use(scope, at), ConsentState.GIVEN, method, guardian, note, scan, by, at)


@action
def withdraw_consent(
    *, customer: Customer, scope: str, method: str, guardian: FamilyLink | None = None, note: str = "",
    scan: File[bytes] | None = None, by: User, at: datetime,
) -> ConsentEntry:  # fmt: skip
    """Write that the customer no longer agrees; it counts at once, also for what waits to leave.

    Raises Invalid as for giving, Refused `not_given` when there is nothing to withdraw, Forbidden, OutOfScope (SEC-001).
    """
    locked = _begin(customer, scope, method, guardian, note, by, at)
    standing = standing_of(locked, ConsentScope(scope))
    if standing is None or standing.state != ConsentState.GIVEN:
        raise Refused("not_given", _("这一项没有同意过，不用撤回。"))
    entry = _enter(locked, standing.text, ConsentState.WITHDRAWN, method, guardian, note, scan, by, at)
    announce(ConsentWithdrawn(customer_id=locked.pk, scope=scope, reason=WITHDRAWN.code, by=by, at=at))
    return entry


def _begin(
    customer: Customer, scope: str, method: str, guardian: FamilyLink | None, note: str, by: User, at: datetime
) -> Customer:
    require_customer(by, CustomerPermission.CONSENT_RECORD, customer)
    hold(customer.pk)
    locked = Customer.objects.get(pk=customer.pk)
    errors = []
    if scope not in ConsentScope.values:
        errors.append(FieldError("scope", "unknown_scope", _("没有这一项同意书。")))
    if method not in ConsentMethod.values:
        errors.append(FieldError("method", "unknown_method", _("请选择客户是怎么表示的。")))
    if len(note.strip()) > NOTE:
        errors.append(FieldError("note", "too_long", _("说明最多 200 个字。")))
    errors += _who_signs(locked, guardian, at)
    if errors:
        raise Invalid(errors)
    return locked


def _who_signs(customer: Customer, guardian: FamilyLink | None, at: datetime) -> list[FieldError]:
    if guardian is not None:
        known = guardian.customer_id == customer.pk and guardian.active and guardian.guardian
        return [] if known else [FieldError("guardian", "no_guardian", _("这位家人没有登记为监护人。"))]
    age, grown_up = customer.age(timezone.localdate(at)), CONSENT_AGE.on(at, node_id=customer.node_id)
    if age is None or age >= grown_up:
        return []
    message = _("未满 %d 岁，由监护人签署；请先在家人里登记监护人。") % grown_up
    return [FieldError("guardian", "required", message)]


def _enter(
    customer: Customer, text: ConsentText, state: ConsentState, method: str, guardian: FamilyLink | None, note: str,
    scan: File[bytes] | None, by: User, at: datetime,
) -> ConsentEntry:  # fmt: skip
    entry = ConsentEntry.objects.create(
        customer=customer, text=text, scope=text.scope, state=state, method=method, guardian=guardian, note=note.strip(), by=by, at=at
    )  # fmt: skip
    subject = Subject(CONSENT, entry.pk)
    record(
        f"customers.consent.{state.value}", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id,
        changes={"scope": (None, text.scope), "version": (None, text.version), "method": (None, method), "guardian": (None, guardian is not None)},
        personal={"note": (None, entry.note)} if entry.note else None,
    )  # fmt: skip
    scope = ConsentScope(text.scope)
    said = AGREED(scope=scope, version=text.version) if state == ConsentState.GIVEN else WITHDRAWN(scope=scope)
    record_fact(customer=customer, kind=FactKind.ARCHIVE, item=said, subject=subject, by=by, at=at)
    if scan is not None:
        attach(subject=subject, customer_id=customer.pk, kind="signed_consent", upload=scan, by=by, at=at)
    return entry


@action
def print_consent_sheet(*, customer: Customer, by: User, at: datetime) -> Print:
    """Print all texts in use for the customer to tick and sign. Raises Forbidden, OutOfScope."""
    require(by, CustomerPermission.CONSENT_RECORD, customer=customer)
    return print_document(
        code=CONSENT_SHEET, subject=Subject(CONSENT_SHEET, customer.pk), customer_id=customer.pk, by=by, at=at
    )


@within_action
def text_in_use(scope: str, at: datetime) -> ConsentText:
    """The text that is asked now; the shipped one counts from its first use."""
    found = ConsentText.objects.filter(scope=scope, current=True).first()
    if found is None:
        words = consent_words()[ConsentScope(scope)]
        ConsentText.objects.bulk_create([ConsentText(scope=scope, version=1, **words, at=at)], ignore_conflicts=True)
        found = ConsentText.objects.get(scope=scope, current=True)
    return found


@action
def revise_consent_text(*, scope: str, zh: str, en: str, by: User, at: datetime) -> ConsentText:
    """Write the next version of a text. Those who agreed before agreed to the earlier words.

    Raises Invalid (`scope`, `zh`, `en`), Forbidden.
    """
    require(by, CustomerPermission.CONSENT_TEXTS)
    if scope not in ConsentScope.values:
        raise Invalid.one("scope", "unknown_scope", _("没有这一项同意书。"))
    after = {"zh": zh.strip(), "en": en.strip()}
    missing = [name for name, text in after.items() if not text]
    if missing:
        raise Invalid(FieldError(name, "required", _("中文和英文都要填写。")) for name in missing)
    before = ConsentText.objects.select_for_update(no_key=True).get(pk=text_in_use(scope, at).pk)
    if {"zh": before.zh, "en": before.en} == after:
        nothing_changed()
        return before
    ConsentText.objects.filter(pk=before.pk).update(current=False)
    made = ConsentText.objects.create(scope=scope, version=before.version + 1, **after, by=by, at=at)
    record("customers.consent_text.revised", by=by, at=at, subject=Subject("customers.consent_text", made.pk),
           changes={name: (getattr(before, name), text) for name, text in after.items()})  # fmt: skip
    return made
