"""The customers of the API."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status

from kefu.customers import actions, queries, segments_api
from kefu.customers.actions import Family, LeadResult
from kefu.customers.choices import CaptureWay, ContactKind
from kefu.customers.merge_schemas import MergeFilterIn, MergeIn, MergeOut, UndoIn, show_merge
from kefu.customers.models import Customer, Merge, Source
from kefu.customers.models.customer import CustomerQuerySet
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries import CustomerFilter
from kefu.customers.queries.reading import hidden_kinds
from kefu.customers.queries.segments import segments
from kefu.customers.references import customer_named
from kefu.customers.rules import mask_number
from kefu.customers.schemas import (
    ArchiveIn,
    ArchiveOut,
    ArchivePatch,
    CustomerFilterIn,
    CustomerOut,
    FactOut,
    FamilyIn,
    LeadIn,
    LeadOut,
    SourceOut,
    TimelineFilterIn,
    etag,
    first_phone,
    show,
    show_archive,
    show_fact,
    show_source,
    version_asked,
)
from kefu.foundation.access.checks import allowed
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import everyone, needs
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, record_read
from kefu.kernel.ids import ident
from kefu.organisation.models import Node, User

router = Router(tags=["customers"])
router.add_router("", segments_api.router)
NEWEST = ("-created_at", "-id")


@router.post("customers", response={201: LeadOut, **RESPONSES}, operation_id="customers_create")
@needs(CustomerPermission.LEAD_CREATE, CustomerPermission.INTAKE)
def create_customer(request: ApiRequest, body: LeadIn) -> Status[object]:
    """Register a lead; a number somebody has already is taken with a warning."""
    given = body.dict(exclude={"node", "source"}, exclude_none=True)
    result = actions.create_lead(
        **given,
        node=_node(body.node),
        source=_source(body.source),
        capture=CaptureWay.API,
        by=request.user,
        at=request.at,
    )
    return Status(201, _lead(request, result))


def _lead(request: ApiRequest, result: LeadResult) -> dict[str, object]:
    warnings = [
        {
            "code": one.code,
            "message": str(one.message),
            "customer": ident("cus", one.customer_id) if one.customer_id else None,
        }
        for one in result.warnings
    ]
    customer = _whole(result.customer.pk)
    return show(customer, timezone.localdate(request.at), _revealed(request, customer)) | {"warnings": warnings}


@router.get("customers", response={200: Listing[CustomerOut], **RESPONSES}, operation_id="customers_list")
@needs(CustomerPermission.ARCHIVE_VIEW)
def list_customers(request: ApiRequest, query: Query[CustomerFilterIn]) -> dict[str, object]:
    """Customers in scope, newest first; with `q` the best matches of a search, in one part."""
    node, day = _node(query.node), timezone.localdate(request.at)
    group = reference(segments(request.user), query.segment, "seg", field="segment") if query.segment else None
    narrow = CustomerFilter(
        node=node.pk if node else None, stage=query.stage or "", pool=bool(query.pool), segment=group.pk if group else None, on=day
    )  # fmt: skip
    found = queries.listed(request.user, narrow).prefetch_related("contacts")
    if query.q is None:
        return listing(found, query, order=NEWEST, show=lambda one: show(one, day))
    ids = queries.search_ids(request.user, query.q, query.limit)
    rows = {one.pk: one for one in found.filter(pk__in=ids)}
    return {"items": [show(rows[pk], day) for pk in ids if pk in rows], "next": None}


@router.get("customers/{customer_id}", response={200: ArchiveOut, **RESPONSES}, operation_id="customers_read")
@needs(CustomerPermission.ARCHIVE_VIEW)
def read_customer(request: ApiRequest, response: HttpResponse, customer_id: str) -> dict[str, object]:
    """The archive; the entity tag is the version to send with a change."""
    customer = _customer(request, customer_id)
    record_read("customers.customer.read", by=request.user, at=request.at, customer_id=customer.pk, node_id=customer.node_id,
                subject=Subject("customers.customer", customer.pk))  # fmt: skip
    return _archive(request, response, customer)


@router.patch("customers/{customer_id}", response={200: ArchiveOut, **RESPONSES}, operation_id="customers_change")
@needs(CustomerPermission.ARCHIVE_EDIT)
def change_customer(
    request: ApiRequest, response: HttpResponse, customer_id: str, body: ArchivePatch
) -> dict[str, object]:
    """Change fields of the archive. With If-Match only if nobody changed it since."""
    customer = _customer(request, customer_id)
    changes = body.dict(exclude_unset=True, exclude={"phone", "email", "source"})
    if body.source is not None:
        changes["source"] = _source(body.source)
    actions.update_archive(
        customer=customer, changes=changes, version=version_asked(request), by=request.user, at=request.at
    )
    for kind, value in ((ContactKind.PHONE, body.phone), (ContactKind.EMAIL, body.email)):
        if value and not customer.contacts.filter(kind=kind, value=value, active=True).exists():
            actions.add_contact(customer=customer, kind=kind, value=value, by=request.user, at=request.at)
    return _archive(request, response, _customer(request, customer_id))


@router.post(
    "customers/{customer_id}/archive", response={201: ArchiveOut, **RESPONSES}, operation_id="customers_open_archive"
)
@needs(CustomerPermission.ARCHIVE_EDIT)
def open_archive(request: ApiRequest, response: HttpResponse, customer_id: str, body: ArchiveIn) -> Status[object]:
    """Open the archive of a lead; every missing mandatory field is named."""
    customer = _customer(request, customer_id)
    given = body.dict(exclude={"doctor", "health_manager", "node", "source", "family"}, exclude_none=True)
    actions.open_archive(
        customer=customer, doctor=_colleague(body.doctor, "doctor"), health_manager=_colleague(body.health_manager, "health_manager"),
        node=_node(body.node), source=_source(body.source), family=_family(request, body.family), by=request.user, at=request.at, **given,
    )  # fmt: skip
    return Status(201, _archive(request, response, _whole(customer.pk)))


@router.get(
    "customers/{customer_id}/timeline", response={200: Listing[FactOut], **RESPONSES}, operation_id="customers_timeline"
)
@needs(CustomerPermission.ARCHIVE_VIEW)
def read_timeline(request: ApiRequest, customer_id: str, query: Query[TimelineFilterIn]) -> dict[str, object]:
    """Every fact about the customer, latest first, with item and amount."""
    customer = _customer(request, customer_id)
    record_read("customers.timeline.read", by=request.user, at=request.at, customer_id=customer.pk, node_id=customer.node_id,
                subject=Subject("customers.customer", customer.pk))  # fmt: skip
    lines = queries.timeline(customer, kinds=[query.kind] if query.kind else ())
    hidden = hidden_kinds(request.user, customer)
    return listing(lines, query, order=("-at", "-id"), show=lambda line: show_fact(line, hidden=hidden))


@router.post("customers/{customer_id}/merge", response={201: MergeOut, **RESPONSES}, operation_id="customers_merge")
@needs(CustomerPermission.MERGE)
def merge_customer(request: ApiRequest, customer_id: str, body: MergeIn) -> Status[object]:
    """Make another customer's archive part of this one's; everything of both is then found here."""
    merged = customer_named(_all().visible_to(request.user), body.merged, field="from")
    made = actions.merge_customers(
        survivor=_customer(request, customer_id), merged=merged, reason=body.reason, choices=body.choices, by=request.user, at=request.at
    )  # fmt: skip
    return Status(201, show_merge(made))


@router.get("merges", response={200: Listing[MergeOut], **RESPONSES}, operation_id="merges_list")
@needs(CustomerPermission.MERGE)
def list_merges(request: ApiRequest, query: Query[MergeFilterIn]) -> dict[str, object]:
    """Merges in scope, newest first, also those taken back."""
    found = Merge.objects.visible_to(request.user).select_related("by", "undone_by")
    if query.customer is not None:
        found = found.filter(survivor=customer_named(_all().visible_to(request.user), query.customer, field="customer"))
    return listing(found, query, order=("-id",), show=show_merge)


@router.post("merges/{merge_id}/undo", response={200: MergeOut, **RESPONSES}, operation_id="merges_undo")
@needs(CustomerPermission.MERGE)
def undo_merge(request: ApiRequest, merge_id: str, body: UndoIn) -> dict[str, object]:
    """Put everything back that a merge moved; what came afterwards stays with the surviving customer."""
    seen = Merge.objects.visible_to(request.user).select_related("survivor", "merged", "by")
    merge = reference(seen, merge_id, "mrg")
    return show_merge(actions.undo_merge(merge=merge, reason=body.reason, by=request.user, at=request.at))


@router.get("directory/sources", response={200: Listing[SourceOut], **RESPONSES}, operation_id="directory_sources")
@everyone
def list_sources(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """Where customers come from."""
    return listing(Source.objects.filter(active=True), query, order=("id",), show=show_source)


def _customer(request: ApiRequest, text: str) -> Customer:
    return customer_named(_all().visible_to(request.user), text)


def _whole(pk: int) -> Customer:
    """The customer just written, also where he or she is out of the writer's scope by now."""
    return _all().get(pk=pk)


def _all() -> CustomerQuerySet:
    return Customer.objects.select_related("node", "doctor", "health_manager", "source").prefetch_related("contacts")


def _archive(request: ApiRequest, response: HttpResponse, customer: Customer) -> dict[str, object]:
    response["ETag"] = etag(customer)
    medical = allowed(request.user, CustomerPermission.MEDICAL_VIEW, customer=customer)
    return show_archive(
        customer, timezone.localdate(request.at), phone=_revealed(request, customer), card=_card(request, customer), medical=medical
    )  # fmt: skip


def _revealed(request: ApiRequest, customer: Customer) -> str | None:
    """The number in full for those who may reveal it, written to the trail; None for a masked one."""
    number = first_phone(customer)
    if not number or not allowed(request.user, CustomerPermission.CONTACT_REVEAL, customer=customer):
        return None
    _tell_reveal("customers.contact.revealed", request, customer)
    return number


def _card(request: ApiRequest, customer: Customer) -> str:
    """The card's number in full for those who may reveal it, written to the trail; masked for others."""
    if not customer.card_number or not allowed(request.user, CustomerPermission.CONTACT_REVEAL, customer=customer):
        return mask_number(customer.card_number)
    _tell_reveal("customers.card.revealed", request, customer)
    return customer.card_number


def _tell_reveal(code: str, request: ApiRequest, customer: Customer) -> None:
    record_read(code, by=request.user, at=request.at, customer_id=customer.pk, node_id=customer.node_id,
                subject=Subject("customers.customer", customer.pk), kind=Kind.REVEAL, reason="API")  # fmt: skip


def _node(text: str | None) -> Node | None:
    return reference(Node.objects.filter(closed_on__isnull=True), text, "nod", "code", field="node") if text else None


def _source(text: str | None) -> Source | None:
    return reference(Source.objects.filter(active=True), text, "src", "code", field="source") if text else None


def _colleague(text: str | None, field: str) -> User | None:
    return reference(User.objects.filter(is_active=True), text, "usr", "job_number", field=field) if text else None


def _family(request: ApiRequest, body: FamilyIn | None) -> Family | None:
    if body is None:
        return None
    relative = customer_named(Customer.objects.visible_to(request.user), body.customer, field="family.customer")
    return Family(relative, body.relation, body.guardian, body.proxy)
