"""Tables of the registers."""

from kefu.people.models.doctors import Doctor, DoctorEntry, StaffProfile
from kefu.people.models.institutions import Agreement, Institution, InstitutionRole, RegionalQuality

__all__ = ["Agreement", "Doctor", "DoctorEntry", "Institution", "InstitutionRole", "RegionalQuality", "StaffProfile"]
