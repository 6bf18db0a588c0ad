"""Every verb on a customer's things locks the customer first, so two people at one customer wait instead of aborting one."""

from collections.abc import Callable
from datetime import timedelta

from kefu.consultations.actions import correct
from kefu.consultations.models import Consultation
from kefu.customers.actions import assign_owner, close_customer, update_archive
from kefu.followup import actions as followup
from kefu.followup.models import FollowUp
from kefu.journey.actions import lifecycle, steps
from kefu.journey.models import NodeTemplate
from kefu.journey.tests.test_any_order import ACTS, WHY
from kefu.journey.tests.walking import Walk, start_walk
from kefu.lab.actions import change_order
from kefu.lab.actions.handovers import correct_handover
from kefu.lab.actions.interpretations import correct_interpretation
from kefu.lab.actions.reviews import return_report
from kefu.lab.actions.samples import undo_check
from kefu.lab.choices import HandoverMode, InterpretationMode
from kefu.lab.models import Report, Sample
from kefu.lab.testing import items
from kefu.lab.testing_results import deliver, oru
from kefu.organisation.models import User
from kefu.sales import actions as sales
from kefu.sales.models import Purchase
from kefu.testing.cast import Cast
from kefu.testing.locks import lock_order


def node(code: str) -> NodeTemplate:
    return NodeTemplate.objects.get(code=code)


def planned(walk: Walk) -> FollowUp:
    return FollowUp.objects.filter(customer=walk.customer, state="open").latest("due_at")


def item_report(walk: Walk) -> Report:
    return Report.objects.select_related("order__customer").filter(order=walk.order, kind="item").latest("pk")


def results(walk: Walk, _by: User) -> None:
    days = (walk.at - walk.cast.at) / timedelta(days=1)
    assert deliver(walk.cast, oru(walk.order, control_id=f"M{walk.at:%d%H}"), days=days) == ("AA", "")


def start_another(walk: Walk, by: User) -> None:
    lifecycle.start_journey(customer=walk.customer, start=node("product_ordered"), reason="复购", by=by, at=walk.at)


def back_to(code: str) -> Callable[[Walk, User], None]:
    return lambda w, by: steps.correct_step(journey=w.journey, to=node(code), reason=WHY, by=by, at=w.at)


MORE = {
    "results": results,
    "survey": lambda w, by: w.surveyed(),
    "correct interview": lambda w, by: correct(
        consultation=Consultation.objects.get(customer=w.customer, state="saved"), reason=WHY, by=by, at=w.at
    ),
    "change order": lambda w, by: change_order(order=w.order, items=items("T-VIT"), reason=WHY, by=by, at=w.at),
    "undo check": lambda w, by: undo_check(
        sample=Sample.objects.select_related("order__customer").get(order=w.order, state="accepted"),
        reason=WHY, by=by, at=w.at,
    ),
    "return report": lambda w, by: return_report(report=item_report(w), reason=WHY, by=by, at=w.at),
    "correct hand-over": lambda w, by: correct_handover(
        report=w.overall, mode=HandoverMode.COLLECTED, received_on=w.day, reason=WHY, by=by, at=w.at
    ),
    "correct interpretation": lambda w, by: correct_interpretation(
        report=w.overall, mode=InterpretationMode.IN_PERSON, note="改", reason=WHY, by=by, at=w.at
    ),
    "goods back": lambda w, by: sales.take_back(
        purchase=Purchase.objects.filter(customer=w.customer).latest("pk"), reason=WHY, by=by, at=w.at
    ),
    "take follow-up": lambda w, by: followup.take(follow_up=planned(w), by=by, at=w.at),
    "move follow-up": lambda w, by: followup.reschedule(follow_up=planned(w), day=w.day, reason=WHY, by=by, at=w.at),
    "stop follow-up": lambda w, by: followup.stop(follow_up=planned(w), reason=WHY, by=by, at=w.at),
    "stop all": lambda w, by: followup.stop_all(customer=w.customer, reason=WHY, by=by, at=w.at),
    "another journey": start_another,
    "back": back_to("consultation"),
    "owner": lambda w, by: assign_owner(
        customer=w.customer, health_manager=w.cast.manager2, reason=WHY, by=by, at=w.at
    ),
    "archive": lambda w, by: update_archive(customer=w.customer, changes={"address": "朝阳路 1 号"}, by=by, at=w.at),
    "close": lambda w, by: close_customer(customer=w.customer, reason=WHY, by=by, at=w.at),
}  # fmt: skip
STORY = """
interview doctor, correct interview doctor, order doctor, cancel order doctor, order doctor, change order doctor, sign manager, kit manager,
take kit back manager, kit manager, reject consulting, accept consulting, undo check consulting, accept consulting, results lab_system,
return report consulting, results lab_system, approve consulting, withdraw approval consulting, approve consulting, overall doctor, paper consulting,
hand over consulting, correct hand-over consulting, interpret doctor, correct interpretation doctor, advise doctor, enter manager,
sign purchase manager, cancel purchase manager, advise doctor, enter manager, sign purchase manager, dispatch manager, goods back manager,
skip manager, survey service, contact service, take follow-up service, move follow-up service, stop follow-up service, another journey manager,
withdraw manager, reopen manager, back director, owner director, archive manager, stop all service, close director
"""


def test_the_customer_is_locked_before_anything_of_the_customer(cast: Cast) -> None:
    walk, seen = start_walk(cast), {}
    for step in STORY.replace("\n", " ").split(","):
        act, who = step.strip().rsplit(" ", 1)
        walk.at += timedelta(hours=1)
        do = (ACTS | MORE)[act]
        with lock_order() as tables:
            do(walk, getattr(cast, who))
        seen[act] = next(iter(tables), "nothing")
    assert {act: table for act, table in seen.items() if table != "customers_customer"} == {}
    assert ACTS.keys() - seen.keys() == {"by hand"}  # no node of the shipped journey is completed by hand
