"""Who may be booked, the registers and directories of colleagues, institutions."""

from kefu.people.queries.attributes import StaffOn, holding, staff_on
from kefu.people.queries.credentials import credentials_of, ending_credentials, keepers
from kefu.people.queries.institutions import (
    ending_agreements,
    institutions,
    institutions_listed,
    latest_regions,
    signers,
)
from kefu.people.queries.practice import hindrance_of, require_bookable
from kefu.people.queries.registers import (
    DOCTOR,
    STAFF_ROLES,
    cases_listed,
    colleagues,
    doctors,
    doctors_listed,
    managers,
    registered,
    staff_for,
    staff_listed,
    unregistered_doctors,
)

__all__ = [
    "DOCTOR",
    "STAFF_ROLES",
    "StaffOn",
    "cases_listed",
    "colleagues",
    "credentials_of",
    "doctors",
    "doctors_listed",
    "ending_agreements",
    "ending_credentials",
    "hindrance_of",
    "holding",
    "institutions",
    "institutions_listed",
    "keepers",
    "latest_regions",
    "managers",
    "registered",
    "require_bookable",
    "signers",
    "staff_for",
    "staff_listed",
    "staff_on",
    "unregistered_doctors",
]
