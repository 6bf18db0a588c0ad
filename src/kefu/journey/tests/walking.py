"""Takes a customer through the nodes by the real verbs of the modules below and above, each as the person whose job it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kefu.consultations.actions.saving import conduct
from kefu.customers.models import Customer
from kefu.followup import actions as followup
from kefu.followup.models import FollowUp
from kefu.foundation.worktime.content import load_calendars
from kefu.journey.content import load_journeys
from kefu.journey.models import Journey
from kefu.lab.actions import Finding, check_samples, issue_kit, place_order, record_signature
from kefu.lab.actions.handovers import hand_over
from kefu.lab.actions.interpretations import interpret
from kefu.lab.actions.overall import write_overall
from kefu.lab.actions.papers import make_paper
from kefu.lab.actions.reviews import approve_report
from kefu.lab.choices import HandoverMode
from kefu.lab.models import Order, Report
from kefu.lab.testing import items
from kefu.lab.testing_results import deliver, oru
from kefu.messaging.choices import Outcome
from kefu.products.models import Product
from kefu.questionnaires.content import load as load_questionnaires
from kefu.questionnaires.models import Questionnaire
from kefu.sales import actions as sales
from kefu.sales.models import Purchase
from kefu.surveys.actions import record_response
from kefu.surveys.choices import SurveyChannel
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of, stocked_centre

INTERVIEW: dict[str, object] = {
    "GOA01": "睡不好", "GOA02": "m1_6", "HIS01": ["none"], "HIS03": False, "HIS05": "no", "MED01": False, "MED03": ["none"],
    "FAM01": ["none"], "DIE01": "3", "SLP01": "1", "SLP02": 7, "STR01": "1", "EXE01": "1", "LIF01": "0", "LIF02": "0",
}  # fmt: skip
SURVEY = {"VISIT_01": "5", "VISIT_02": "4", "VISIT_03": "4", "VISIT_06": "5", "VISIT_07": "1", "VISIT_08": "4"}
NODES = [
    "consultation", "tests_ordered", "kit_issued", "sample_collected", "report_released", "overall_report", "paper_production",
    "paper_issued", "interpretation", "product_ordered", "product_dispatched", "surveyed", "followup",
]  # fmt: skip


@dataclass
class Walk:
    """A customer on the way; each step happens an hour after the one before."""

    cast: Cast
    customer: Customer
    at: datetime
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def journey(self) -> Journey:
        """The latest journey as it stands now."""
        return (
            Journey.objects.select_related("node", "customer__node", "template")
            .filter(customer=self.customer)
            .latest("pk")
        )

    @property
    def order(self) -> Order:
        """The latest order."""
        return Order.objects.filter(customer=self.customer).latest("pk")

    @property
    def overall(self) -> Report:
        """The overall report."""
        return Report.objects.select_related("order__customer").filter(order=self.order, kind="overall").latest("pk")

    def to(self, last: str) -> Walk:
        """Take the steps up to and including a node."""
        for node in NODES[: NODES.index(last) + 1]:
            self.at += timedelta(hours=1)
            getattr(self, node)()
            journey = self.journey
            self.seen.append((journey.status_code, journey.node.code if journey.node else ""))
        return self

    def consultation(self) -> None:
        conduct(customer=self.customer, answers=INTERVIEW, by=self.cast.doctor, at=self.at)
        self.customer.refresh_from_db()

    def tests_ordered(self) -> None:
        place_order(
            customer=self.customer, doctor=self.cast.doctor, items=items("T-GEN"), by=self.cast.doctor, at=self.at
        )

    def kit_issued(self) -> None:
        record_signature(order=self.order, by=self.cast.manager, at=self.at)
        issue_kit(order=self.order, by=self.cast.manager, at=self.at)

    def sample_collected(self) -> None:
        findings = [Finding(sample) for sample in self.order.samples.all()]
        check_samples(order=self.order, findings=findings, by=self.cast.consulting, at=self.at)

    def results(self) -> None:
        """The laboratory's message arrives."""
        passed = (self.at - self.cast.at) / timedelta(days=1)
        assert deliver(self.cast, oru(self.order, control_id=f"M{self.order.pk}"), days=passed) == ("AA", "")

    def report_released(self) -> None:
        self.results()
        for report in Report.objects.select_related("order__customer").filter(order=self.order, kind="item"):
            approve_report(report=report, by=self.cast.consulting, at=self.at)

    def overall_report(self) -> None:
        write_overall(report=self.overall, text="各项正常，保持作息。", by=self.cast.doctor, at=self.at)

    def paper_production(self) -> None:
        make_paper(report=self.overall, by=self.cast.consulting, at=self.at)

    def paper_issued(self) -> None:
        hand_over(
            report=self.overall, mode=HandoverMode.COLLECTED, received_on=self.day, by=self.cast.consulting, at=self.at
        )

    def interpretation(self) -> None:
        interpret(report=self.overall, note="已当面解读", by=self.cast.doctor, at=self.at)

    def product_ordered(self) -> None:
        oil = Product.objects.get(code="N-014")
        advice = [sales.Prescribed(oil, 2)]
        purchase = sales.prescribe(
            customer=self.customer, doctor=self.cast.doctor, products=advice, by=self.cast.doctor, at=self.at
        )
        sales.enter_lines(purchase=purchase, lines=[sales.Line(oil, 2)], by=self.cast.manager, at=self.at)
        sales.sign(purchase=purchase, by=self.cast.manager, at=self.at)

    def product_dispatched(self) -> None:
        purchase = Purchase.objects.filter(customer=self.customer).latest("pk")
        sales.dispatch(purchase=purchase, by=self.cast.manager, at=self.at)

    def surveyed(self) -> None:
        survey = Questionnaire.objects.get(code="visit")
        record_response(
            customer=self.customer,
            survey=survey,
            answers=SURVEY,
            channel=SurveyChannel.PHONE,
            by=self.cast.service,
            at=self.at,
        )

    def followup(self) -> None:
        row = FollowUp.objects.filter(customer=self.customer, state="open").order_by("due_at").first()
        assert row is not None
        followup.log_contact(
            follow_up=row, outcome=Outcome.REACHED, note="睡眠好些了", by=self.cast.service, at=self.at
        )

    @property
    def day(self) -> date:
        """The day of the story now."""
        return self.at.date()


def start_walk(cast: Cast) -> Walk:
    """A centre with everything loaded, and a customer whose archive was just opened."""
    load_calendars(by=None, at=cast.at)
    load_questionnaires(by=cast.system, at=cast.at)
    load_journeys(by=cast.system, at=cast.at)
    stocked_centre(cast)
    return Walk(cast, customer_of(cast), cast.at)
