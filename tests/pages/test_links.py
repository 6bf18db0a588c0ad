"""Nobody is led astray: every link that somebody sees opens for that person."""

from collections.abc import Callable

from django.test import Client
from tests.pages.crawling import pages

from kefu.journey.tests.walking import Walk
from kefu.organisation.models import User
from kefu.testing.house import build_house
from kefu.testing.stories import customer_of


def test_every_link_leads_to_a_page_that_opens(db: None, login: Callable[[User], Client]) -> None:
    cast = build_house()
    Walk(cast, customer_of(cast), cast.at).to("followup")
    found = pages(login)
    assert len(found) > 70
    assert len({page.person for page in found}) > 5
