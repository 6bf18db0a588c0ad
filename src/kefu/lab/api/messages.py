"""Laboratory messages over the API: what came and what became of it, never what it says."""

from __future__ import annotations

from ninja import Query, Router

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Moment, Out
from kefu.kernel.ids import ident
from kefu.lab.choices import MessageState
from kefu.lab.models import Message
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.inbox import inbox
from kefu.lab.wording import explain

router = Router(tags=["lab"])


class MessageFilter(Page):
    """`state` is filed, quarantined, rejected or dismissed."""

    state: MessageState | None = None


class MessageOut(Out):
    """A message as received. `acknowledgement` is what the sender was told, `error` its ERR-3."""

    id: str
    state: str
    sender: str
    facility: str
    control_id: str
    type: str
    charset: str
    charset_flagged: bool
    acknowledgement: str
    error: str | None
    reason: str | None
    reason_label: str | None
    orders: list[str]
    received_at: Moment


@router.get("lab-messages", response={200: Listing[MessageOut], **RESPONSES}, operation_id="lab_messages_list")
@needs(LabPermission.MESSAGE_HANDLE)
def list_messages(request: ApiRequest, query: Query[MessageFilter]) -> dict[str, object]:
    """Messages, the latest first, for the consulting department."""
    messages = inbox(request.user, query.state or "").prefetch_related("orders")
    return listing(messages, query, order=("-received_at", "-id"), show=show)


def show(message: Message) -> dict[str, object]:
    """A message as listed."""
    return {
        "id": ident("msg", message.pk), "state": message.state, "sender": message.application, "facility": message.facility,
        "control_id": message.control_id, "type": message.type, "charset": message.charset,
        "charset_flagged": message.charset_flagged, "acknowledgement": message.acknowledged, "error": message.error_code or None,
        "reason": message.reason or None, "reason_label": explain(message.reason, message.details) or None,
        "orders": [order.number for order in message.orders.all()], "received_at": message.received_at,
    }  # fmt: skip
