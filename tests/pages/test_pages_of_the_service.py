"""The pages on which customers are served: clean for axe, inside a telephone's screen, in words; the main ones in the dark too."""

import re

import pytest
from tests.pages.looking import Window
from tests.pages.visits import House, areas

pytestmark = pytest.mark.django_db
SERVICE = {
    "", "appointments", "consultations", "customer-values", "customers", "follow-ups", "journeys", "lab-orders", "leads", "purchases", "referral-plans", "referrals", "reports",
    "samples", "segments", "surveys", "trackings",
}  # fmt: skip
IN_THE_DARK = {
    "/", "/appointments/", "/customers/", "/customers/N/", "/follow-ups/", "/journeys/", "/lab-orders/", "/purchases/",
    "/reports/review/", "/samples/check-in/",
}  # fmt: skip


@pytest.mark.parametrize("area", [area for area in areas() if area in SERVICE])
def test_a_page_of_the_service_is_clean(area: str, people: House, window: Window) -> None:
    faults = {visit.url: window.faults(visit) for visit in people.visits(area)}
    assert faults
    assert {url: found for url, found in faults.items() if found} == {}


def test_the_main_pages_are_clean_in_the_dark(people: House, window: Window) -> None:
    visits = [
        visit
        for area in areas()
        if area in SERVICE
        for visit in people.visits(area)
        if _numberless(visit.url) in IN_THE_DARK
    ]
    assert {_numberless(visit.url) for visit in visits} == IN_THE_DARK
    faults = {visit.url: window.faults(visit, theme="dark") for visit in visits}
    assert {url: found for url, found in faults.items() if found} == {}


def _numberless(url: str) -> str:
    return re.sub(r"\d+", "N", url)
