"""Before a template is used somebody looks at it as one customer would get it: own words, way, language, what it costs; nothing leaves."""

from decimal import Decimal

import pytest

from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.messaging import content
from kefu.messaging.actions import opt_out, set_wish
from kefu.messaging.arriving import trial
from kefu.messaging.models import Message, Template
from kefu.messaging.tests.people import wang
from kefu.testing.cast import AT

ADDRESS = "/messages/templates/appt_confirmed/"


@pytest.fixture(autouse=True)
def _loaded(cast):
    content.load(by=None, at=AT)


def template(code: str) -> Template:
    return Template.objects.get(code=code)


def test_a_customer_is_shown_with_her_own_words_by_each_way_and_what_it_costs(cast):
    customer = wang(cast, email="wang@example.com")
    with connected("sms"):
        found = trial(template("appt_confirmed"), customer, AT)
    ways = {one.channel: one for one in found.arrivals}
    sms, mail = ways["sms"], ways["email"]
    assert sms.body.startswith("【和康】王女士您好，您") and "北京朝阳中心" in sms.body and "010-00000000" in sms.body
    assert (sms.address, sms.parts, sms.cost, sms.chosen) == ("138 **** 1234", 1, Decimal("0.045"), True)
    assert (mail.address, mail.parts, mail.cost, mail.chosen) == ("w***@example.com", 0, Decimal(0), False)
    assert mail.title and "王女士" in mail.body
    assert (found.withheld, found.empty, "time" in found.sampled, "name" in found.sampled) == (None, [], True, False)
    assert not Message.objects.exists() and not OutboxMessage.objects.exists()


def test_in_her_language_and_with_the_reason_why_it_would_not_leave(cast):
    customer = wang(cast)
    set_wish(customer=customer, language="en", by=cast.manager, at=AT)
    found = trial(template("appt_confirmed"), customer, AT)
    (sms,) = [one for one in found.arrivals if one.channel == "sms"]
    assert sms.body.startswith("【和康】Hello 王小梅, ") and "Beijing Chaoyang centre" in sms.body
    assert (sms.parts, sms.cost) == (3, Decimal("0.135"))  # one Chinese character, and a text message holds 67, not 153
    opt_out(customer=customer, reason="不要", by=cast.manager, at=AT)
    assert trial(template("birthday"), customer, AT).withheld == "opted_out"


def test_what_the_house_does_not_know_of_this_customer_is_named(cast):
    customer = wang(cast)
    customer.doctor = None
    customer.save()
    reminded = Template.objects.filter(current=True, variables__contains=["doctor"]).exclude(channels=["bell"]).first()
    found = trial(reminded, customer, AT)
    assert found.empty == ["doctor"] and "{doctor}" in found.arrivals[0].body


def test_on_the_page_only_customers_in_reach_are_shown(cast, login):
    customer = wang(cast)
    assert "给一位客户看" not in login(cast.admin).get(ADDRESS).content.decode()  # sees no customers
    page = login(cast.supervisor)
    shown = page.get(ADDRESS, {"customer": customer.pk}).content.decode()
    assert "王女士您好" in shown and "138 **** 1234" in shown and "13800001234" not in shown and "计 1 条短信" in shown
    assert page.get(ADDRESS, {"customer": "999999"}).status_code == 404
    assert page.get(ADDRESS, {"customer": "x"}).status_code == 404
    assert page.get(ADDRESS, {"customer": "9" * 30}).status_code == 404
    assert not Message.objects.exists()
