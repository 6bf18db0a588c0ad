"""The matrix as it is shipped says what Annex 1 says of the roles of the main job."""

import pytest

from kefu.administration.content import load_roles
from kefu.consultations.permissions import ConsultationPermission as Consultation
from kefu.customers.permissions import CustomerPermission as Archive
from kefu.followup.permissions import FollowUpPermission as FollowUp
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.lab.permissions import LabPermission as Lab
from kefu.organisation.models import Role, RoleCell
from kefu.sales.permissions import SalesPermission as Sales
from kefu.stock.permissions import StockPermission as Stock
from kefu.surveys.permissions import SurveyPermission as Survey
from kefu.testing.cast import Cast

ROW: dict[str, list[Permission]] = {
    "doctor": [Archive.ARCHIVE_EDIT, Archive.MEDICAL_EDIT, Consultation.CONDUCT, Lab.ORDER_PLACE, Lab.REPORT_READ, Lab.OVERALL_WRITE, Lab.INTERPRET, Sales.PRESCRIBE],
    "manager": [Archive.ARCHIVE_EDIT, Lab.KIT_ISSUE, Lab.SAMPLE_CHECK, Lab.REPORT_READ, Sales.ENTER, Sales.DISPATCH, FollowUp.CONTACT, Survey.RUN],
    "service": [Archive.ARCHIVE_VIEW, FollowUp.CONTACT, Survey.RUN],
    "consulting": [Lab.SAMPLE_CHECK, Lab.REPORT_UNREVIEWED, Lab.REPORT_APPROVE, Lab.PAPER_MAKE, Lab.HANDOVER],
    "keeper": [Stock.BRANCH_KEEP],
}  # fmt: skip
"""Who may do what in Annex 1; whatever stands in another row and not in one's own is refused."""
ALSO = {
    "doctor": {Archive.ARCHIVE_VIEW, FollowUp.CONTACT, Sales.ENTER},
    "manager": {Archive.ARCHIVE_VIEW, Archive.MEDICAL_EDIT, Lab.PAPER_MAKE, Lab.HANDOVER},
    "service": set[Permission](),
    "consulting": {Archive.ARCHIVE_VIEW, Lab.REPORT_READ},
    "keeper": {Sales.DISPATCH},
}
"""Proposed cells beyond what the source states."""


@pytest.mark.req("ORG-001", part="defaults")
@pytest.mark.parametrize("person", ROW)
def test_a_role_may_do_what_its_row_says_and_nothing_of_the_others(cast: Cast, person: str) -> None:
    access = access_of(getattr(cast, person))
    every = {permission for row in ROW.values() for permission in row}
    assert {permission for permission in every if access.may(permission)} == set(ROW[person]) | ALSO[person] & every


@pytest.mark.req("ORG-001", part="defaults")
def test_every_role_of_the_core_is_shipped_and_a_lost_cell_comes_back_empty(cast: Cast) -> None:
    load_roles(by=None, at=cast.at)
    core = {"admin", "leadership", "expansion", "institution_steward", "marketing", "sales", "operations_management", "hq_service_centre", "doctor",
            "health_manager", "service_agent", "service_supervisor", "consulting", "centre_director", "office_director", "call_director",
            "call_supervisor", "product_manager", "central_keeper", "branch_keeper", "finance", "cashier", "laboratory_system",
            "survey_institution", "customer"}  # fmt: skip
    assert core <= set(Role.objects.values_list("code", flat=True))
    assert not RoleCell.objects.filter(role__code="doctor", function__code="report_review").exists()
    assert Role.objects.get(code="doctor").scope == "own_customers"
