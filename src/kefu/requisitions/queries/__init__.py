"""Reading requisitions."""

from kefu.requisitions.queries.listing import (
    ParRow,
    lendings_listed,
    lines_listed,
    on_the_way,
    par_listed,
    par_rows,
    requisitions_listed,
)
from kefu.requisitions.queries.picking import (
    KIND,
    PickRow,
    missing,
    packing_points,
    pick_rows,
    set_aside,
    subject_of,
)
from kefu.requisitions.queries.proposing import (
    Proposal,
    needs_of,
    par_now,
    proposals,
    proposals_of,
    sendable,
    shortfalls,
)

__all__ = [
    "KIND",
    "ParRow",
    "PickRow",
    "Proposal",
    "lendings_listed",
    "lines_listed",
    "missing",
    "needs_of",
    "on_the_way",
    "packing_points",
    "par_listed",
    "par_now",
    "par_rows",
    "pick_rows",
    "proposals",
    "proposals_of",
    "requisitions_listed",
    "sendable",
    "set_aside",
    "shortfalls",
    "subject_of",
]
