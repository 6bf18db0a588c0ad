"""All pages but those of the service: people, places, catalogue, stock, questionnaires, settings, the way in."""

import pytest
from tests.pages.looking import Window
from tests.pages.test_pages_of_the_service import SERVICE
from tests.pages.visits import House, areas

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("area", [area for area in areas() if area not in SERVICE])
def test_a_page_of_the_house_is_clean(area: str, people: House, window: Window) -> None:
    faults = {visit.url: window.faults(visit) for visit in people.visits(area)}
    assert faults
    assert {url: found for url, found in faults.items() if found} == {}
