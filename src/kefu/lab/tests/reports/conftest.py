"""The same centre with the shipped journey: orders that walk it to the laboratory and on."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from kefu.consultations.events import ConsultationSaved
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.trail import action, record
from kefu.foundation.events.bus import announce
from kefu.journey.content import load_journeys
from kefu.journey.models import Journey
from kefu.journey.queries.positions import standing_of
from kefu.lab.actions.handovers import hand_over
from kefu.lab.actions.interpretations import interpret
from kefu.lab.actions.overall import write_overall
from kefu.lab.actions.papers import make_paper
from kefu.lab.actions.reviews import approve_report
from kefu.lab.choices import HandoverMode
from kefu.lab.testing import in_testing, open_customer
from kefu.lab.testing_results import deliver, oru
from kefu.testing.cast import AT
from kefu.testing.scenes import scene


@action
def interview(*, customer, by, at):
    """The doctor's interview, of which only the fact counts here."""
    record("test.interview", by=by, at=at)
    announce(ConsultationSaved(consultation_id=1, customer_id=customer.pk, by=by, at=at))


@scene
def journeys(centre):
    load_journeys(by=centre.admin, at=centre.at)
    return centre


def examined(centre, name="程望舒", phone="10000000003"):
    """A customer who has been interviewed."""
    customer = open_customer(centre, name, phone)
    interview(customer=customer, by=centre.doctor, at=centre.at)
    return customer


@pytest.fixture
def person(journeys):
    return partial(examined, journeys)


@scene
def customer(journeys):
    return examined(journeys)


@scene
def order(journeys, customer):
    """Two items, samples accepted: 检测中."""
    return in_testing(journeys, customer, ("T-GLU", "T-VIT"))


class Story:
    """What people do with an order, a day apart, in as few words as possible."""

    def __init__(self, cast, order):
        self.cast, self.order = cast, order

    def at(self, days):
        return self.cast.at + timedelta(days=days)

    def report(self, code):
        return self.order.reports.current().select_related("order__customer").get(order_item__item__code=code)

    def overall(self):
        return self.order.reports.current().select_related("order__customer").get(kind="overall")

    def arrive(self, **changes):
        assert deliver(self.cast, oru(self.order, **changes)) == ("AA", "")

    def approve(self, *codes, days=2):
        for code in codes or ("T-GLU", "T-VIT"):
            approve_report(report=self.report(code), by=self.cast.consulting, at=self.at(days))

    def release(self, **changes):
        self.arrive(**changes)
        self.approve()

    def write(self, text="维生素略低，建议复查。", days=3):
        return write_overall(report=self.overall(), text=text, by=self.cast.doctor, at=self.at(days))

    def paper(self, days=4, **changes):
        return make_paper(report=self.overall(), by=self.cast.consulting, at=self.at(days), **changes)

    def hand(self, mode=HandoverMode.COLLECTED, days=5, **changes):
        return hand_over(report=self.overall(), mode=mode, by=self.cast.consulting, at=self.at(days), **changes)

    def explain(self, days=6, **changes):
        return interpret(report=self.overall(), by=self.cast.doctor, at=self.at(days), **changes)

    @property
    def status(self):
        self.order.refresh_from_db()
        return self.order.status

    @property
    def standing(self):
        now = standing_of(Journey.objects.get(customer=self.order.customer))
        return now.current, now.status_code


@pytest.fixture
def story(journeys, order):
    return Story(journeys, order)


@pytest.fixture
def program(settings):
    """Another program that acts for a person over the API."""
    settings.TEST_CLOCK = True

    def acting(user, at=AT):
        token = issue_token(user=user, name="程序", by=user, at=AT)
        client = Client(headers={"Authorization": f"Bearer {token}", "X-Kefu-At": at.isoformat()})

        def call(method, path, body=None):
            if method == "get":
                return client.get(f"/api/v1/{path}")
            return client.post(f"/api/v1/{path}", data={} if body is None else body, content_type="application/json")

        return call

    return acting
