"""The link by which a customer says no to greetings and activities from within a mail (RFC 8058): signed, for one customer, of no other use."""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature, Signer

from kefu.customers.models import Customer
from kefu.messaging.choices import Channel
from kefu.messaging.models import Template

PLACE = "/portal/refusals/"
_SIGNER = Signer(salt="messaging.refusing", sep=".")


def refusal_path(customer_id: int) -> str:
    """The address of the page, below the public address of the house."""
    return f"{PLACE}{_SIGNER.sign(str(customer_id))}/"


def refused_by(token: str) -> Customer | None:
    """Whose link it is, the other customer where two became one; None for a link that is not ours."""
    try:
        pk = int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    found = Customer.objects.select_related("merged_into").filter(pk=pk).first()
    return found.merged_into or found if found else None


def refusable(template: Template, channel: str, customer_id: int) -> dict[str, Any]:
    """What the mail server's port needs to write the link, for what a customer may refuse; nothing for what a booking or report needs."""
    return {"refusable": customer_id} if template.needs_consent and channel == Channel.EMAIL else {}
