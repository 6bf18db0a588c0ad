"""Reads about customers for screens, the API and other modules."""

from kefu.customers.queries.consents import agreed, may_contact
from kefu.customers.queries.finding import (
    HEAVY,
    arms_of,
    by_reference,
    possible_duplicates,
    search,
    search_ids,
    with_phone,
)
from kefu.customers.queries.listing import CustomerFilter, exportable, listed, owners_in
from kefu.customers.queries.reading import (
    contact_views,
    family_of,
    identity_check_of,
    last_change,
    last_contact,
    one_visible,
    ownership_history,
    timeline,
    total_spending,
)

__all__ = [
    "HEAVY",
    "CustomerFilter",
    "agreed",
    "arms_of",
    "by_reference",
    "contact_views",
    "exportable",
    "family_of",
    "identity_check_of",
    "last_change",
    "last_contact",
    "listed",
    "may_contact",
    "one_visible",
    "owners_in",
    "ownership_history",
    "possible_duplicates",
    "search",
    "search_ids",
    "timeline",
    "total_spending",
    "with_phone",
]
