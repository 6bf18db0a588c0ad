"""Tables of the registers."""

from kefu.people.models.attributes import StaffAttribute
from kefu.people.models.credentials import Credential
from kefu.people.models.departures import Departure, DepartureTask, WorkHandover
from kefu.people.models.doctors import Doctor, DoctorEntry, StaffProfile
from kefu.people.models.institutions import Agreement, Institution, InstitutionRole, RegionalQuality

__all__ = [
    "Agreement",
    "Credential",
    "Departure",
    "DepartureTask",
    "Doctor",
    "DoctorEntry",
    "Institution",
    "InstitutionRole",
    "RegionalQuality",
    "StaffAttribute",
    "StaffProfile",
    "WorkHandover",
]
