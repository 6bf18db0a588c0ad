"""Follow-ups over the API."""

from __future__ import annotations

from datetime import date

from ninja import Query, Router, Status
from pydantic import ConfigDict

from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.followup import actions, pushes_api
from kefu.followup.models import FollowUp
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.queries import end_of
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Line, Moment, Out, Text
from kefu.kernel.ids import ident
from kefu.messaging.choices import SAID_SOMETHING, ContactChannel, Outcome

router = Router(tags=["follow-ups"])
router.add_router("", pushes_api.router)


class FollowUpOut(Out):
    """A planned contact."""

    id: str
    customer: str
    kind: str
    code: str
    topic: str
    basis: str
    basis_on: date
    due_at: Moment
    status: str
    status_label: str


class FollowUpFilter(Page):
    """`due_to` keeps the open ones due until the end of that day, `customer` those of one customer."""

    due_to: Day | None = None
    customer: Ident | None = None


class ContactIn(In):
    """What came of contacting the customer; who was reached or refuses said something."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {
                    "properties": {
                        "outcome": {"enum": [outcome for outcome in Outcome if outcome not in SAID_SOMETHING]}
                    }
                },
                {"required": ["note"], "properties": {"note": {"pattern": "[^\\s]"}}},
            ]
        }
    )

    outcome: Outcome
    note: Text = ""
    channel: ContactChannel = ContactChannel.PHONE
    again_on: Day | None = None


class ContactOut(Out):
    """A recorded contact, and how the follow-up stands now."""

    id: str
    outcome: str
    follow_up: FollowUpOut


@router.get("follow-ups", response={200: Listing[FollowUpOut], **RESPONSES}, operation_id="follow_ups_list")
@needs(FollowUpPermission.VIEW)
def list_follow_ups(request: ApiRequest, query: Query[FollowUpFilter]) -> dict[str, object]:
    """Follow-ups within the caller's scope, the earliest due first."""
    rows = FollowUp.objects.visible_to(request.user)
    if query.due_to is not None:
        rows = rows.filter(state="open", due_at__lte=end_of(query.due_to))
    if query.customer is not None:
        seen = Customer.objects.visible_to(request.user)
        rows = rows.filter(customer=customer_named(seen, query.customer, field="customer"))
    return listing(rows, query, order=("due_at", "id"), show=show)


@router.post(
    "follow-ups/{follow_up_id}/contacts", response={201: ContactOut, **RESPONSES}, operation_id="follow_ups_contact"
)
@needs(FollowUpPermission.CONTACT)
def create_contact(request: ApiRequest, follow_up_id: Line, body: ContactIn) -> Status[object]:
    """Record a contact; reached and refused need a note."""
    row = reference(FollowUp.objects.visible_to(request.user), follow_up_id, "fup")
    made = actions.log_contact(
        follow_up=row,
        outcome=body.outcome,
        note=body.note,
        channel=body.channel,
        again_on=body.again_on,
        by=request.user,
        at=request.at,
    )
    row.refresh_from_db()
    return Status(201, {"id": ident("con", made.pk), "outcome": made.outcome, "follow_up": show(row)})


def show(row: FollowUp) -> dict[str, object]:
    """A follow-up as the API tells it."""
    return {
        "id": ident("fup", row.pk), "customer": ident("cus", row.customer_id), "kind": row.kind, "code": row.code, "topic": row.topic,
        "basis": row.basis, "basis_on": row.basis_on, "due_at": row.due_at, "status": row.state,
        "status_label": row.get_state_display(),
    }  # fmt: skip
