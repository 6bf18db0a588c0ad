"""No consultation is saved and no test ordered by a doctor who may not practise (ORG-002, ORG-003)."""

from kefu.foundation.access.queries import access_of
from kefu.foundation.gates.registry import Passage, guard
from kefu.people.queries import DOCTOR, require_bookable

PRACTICE = frozenset({"consultations.consultation.save", "consultations.consultation.correct", "lab.order.place"})


@guard
def only_practising_doctors(passage: Passage) -> None:
    """Refuse doctors without a certification; others who may do these things are not asked for one."""
    if passage.gate in PRACTICE and access_of(passage.by).has_role(DOCTOR):
        require_bookable(passage.by, passage.at)
