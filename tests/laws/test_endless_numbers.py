"""A number of five thousand digits in an address is no record, and no fault of ours."""

from collections.abc import Callable

import pytest
from django.test import Client

from kefu.followup.exchange import pushed
from kefu.organisation.models import User
from kefu.stock.exchange import recall_page
from kefu.stock.queries.recalls import recipients_listed
from kefu.testing.cast import Cast


@pytest.mark.parametrize("number", ["9" * 5000, "１２", "-1", "1" * 19])
def test_what_is_no_number_of_a_record_names_nothing(cast: Cast, login: Callable[[User], Client], number: str) -> None:
    browser = login(cast.admin)
    for address in ("/stand-ins/?absent=", "/notices/?after="):
        assert browser.get(address + number).status_code == 200
    assert not recipients_listed(cast.admin, {"recall": number}, cast.at).exists()
    assert not pushed(cast.admin, {"push": number}, cast.at).exists()
    assert recall_page({"recall": number}) == "/stock/recalls/0/"
