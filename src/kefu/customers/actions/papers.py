"""Identity papers of a customer: entering, retiring, and showing a number in full."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.contacts import reveal
from kefu.customers.holding import hold
from kefu.customers.indexing import reindex
from kefu.customers.models import Customer, IdentityDocument
from kefu.customers.papers import concealed, digest_of, number_of
from kefu.customers.permissions import CustomerPermission
from kefu.customers.phones import lock_numbers
from kefu.customers.rules import mask_number
from kefu.customers.wording import PAPER_FAULTS
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.papers import Paper, PaperError, PaperKind, read_paper
from kefu.organisation.models import User

CODE = "customers.paper"


@action
def add_paper(*, customer: Customer, kind: str, number: str, by: User, at: datetime) -> IdentityDocument:
    """Enter an identity paper; its number is concealed at once. A number belongs to one customer.

    Raises Invalid (`kind`, `number`), Refused `paper_known` or `paper_taken`, Forbidden, OutOfScope (SEC-001).
    """
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    hold(customer.pk)
    locked = Customer.objects.get(pk=customer.pk)
    paper = _read(locked, kind, number)
    digest = digest_of(paper.kind, paper.number)
    _require_free(locked, digest, by)
    made = IdentityDocument.objects.create(
        customer=locked, kind=paper.kind, concealed=concealed(locked.pk, paper), key_id=locked.pk, digest=digest,
        tail=mask_number(paper.number).lstrip("*"), by=by, at=at,
    )  # fmt: skip
    reindex(locked)
    record("customers.paper.added", by=by, at=at, subject=Subject(CODE, made.pk), customer_id=customer.pk, node_id=locked.node_id,
           changes={"kind": (None, made.kind)}, personal={"number": (None, paper.number)})  # fmt: skip
    return made


def _read(customer: Customer, kind: str, number: str) -> Paper:
    if kind not in set(PaperKind):
        raise Invalid.one("kind", "unknown_kind", _("请选择证件的种类。"))
    try:
        paper = read_paper(PaperKind(kind), number)
    except PaperError as error:
        raise Invalid.one("number", f"paper_{error.code}", PAPER_FAULTS[error.code]) from error
    other_day = paper.birth_date and customer.birth_date and paper.birth_date != customer.birth_date
    if other_day or (paper.sex and customer.sex and paper.sex != customer.sex):
        raise Invalid.one("number", "paper_of_another", _("证件上的出生日期或性别与档案不同，请核对。"))
    return paper


def _require_free(customer: Customer, digest: str, by: User) -> None:
    lock_numbers(digest)
    holder = IdentityDocument.objects.filter(digest=digest, active=True).select_related("customer").first()
    if holder is None:
        return
    if holder.customer_id == customer.pk:
        raise Refused("paper_known", _("这个证件已经登记。"))
    if allowed(by, CustomerPermission.ARCHIVE_VIEW, customer=holder.customer):
        raise Refused(
            "paper_taken",
            _("这个证件号码已登记在%(name)s名下，请核对是不是同一个人。") % {"name": holder.customer.name},
        )
    raise Refused("paper_taken", _("这个证件号码在其他中心已有登记，请先核对。"))


@action
def retire_paper(*, paper: IdentityDocument, reason: str, by: User, at: datetime) -> None:
    """Stop using a paper, for one that expired or was entered wrongly; it stays in the history. Raises Invalid (`reason`), Forbidden, OutOfScope."""
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=paper.customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    hold(paper.customer_id)
    if not IdentityDocument.objects.filter(pk=paper.pk, active=True).update(active=False):
        return nothing_changed()
    reindex(Customer.objects.get(pk=paper.customer_id))
    return record("customers.paper.retired", by=by, at=at, subject=Subject(CODE, paper.pk), customer_id=paper.customer_id,
           node_id=paper.customer.node_id, changes={"active": (True, False)}, reason=reason.strip())  # fmt: skip


@action
def reveal_paper(*, paper: IdentityDocument, purpose: str, by: User, at: datetime) -> str:
    """Answer a paper's number in full and write who saw it and what for. Raises as `reveal_contact` (SEC-001, SEC-003)."""
    reveal("customers.paper.revealed", paper.customer, Subject(CODE, paper.pk), purpose, by, at)
    return number_of(paper)
