"""Two people at one thing: one signs, one picks the last lot, one books the count; the other is told. And kill -9 books all or nothing."""

import signal
import subprocess
import sys
from collections import Counter
from functools import partial

import pytest

from kefu.foundation.outbox.tests.test_kill import environment
from kefu.kernel.errors import Refused
from kefu.organisation.models import Grant, Role, User
from kefu.requisitions import actions, queries
from kefu.requisitions.choices import State
from kefu.requisitions.models import Requisition, RequisitionStep, ShippedLine
from kefu.stock.models import IssueSlip, Move
from kefu.stock.queries import amount, drift
from kefu.testing.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
KILLED = """
import django, os, signal, sys; django.setup()
from datetime import datetime
from kefu.organisation.models import User
from kefu.requisitions import actions
from kefu.requisitions.actions import issuing
from kefu.requisitions.models import Requisition
at = datetime.fromisoformat(sys.argv[2])
booked = issuing._write
def die(current, shipped):
    booked(current, shipped)
    os.kill(os.getpid(), signal.SIGKILL)
issuing._write = die
actions.issue_goods(requisition=Requisition.objects.get(pk=sys.argv[1]), by=User.objects.get(username="central_keeper"), at=at)
"""


def second(shop, role, name="second"):
    user = User.objects.create(
        username=name, job_number=f"9{len(name)}", name="白示清", node=shop.hq, undertaking_signed_on="2026-01-05"
    )
    Grant.objects.create(user=user, role=Role.objects.get(code=role), node=shop.hq, valid_from="2026-01-05")
    return user


def test_of_two_who_do_the_same_one_is_told(shop, central, beijing, taken_to, fish_oil):
    one, at = taken_to(State.CHECKED, [(fish_oil, 42)]), shop.at
    other = taken_to(State.CHECKED, [(fish_oil, 42)])
    managers = [shop.product_manager, second(shop, "product_manager")]
    works = [partial(actions.approve, requisition=row, by=by, at=at) for row in (one, other) for by in managers]
    got = at_once(works)
    assert Counter(type(result) for result in got) == {Requisition: 1, Refused: 3}
    assert {result.code for result in got if isinstance(result, Refused)} <= {"wrong_state", "stock_short"}
    assert (amount(fish_oil, central, at).free, drift()) == (0, [])
    approved = Requisition.objects.get(state="approved")
    keepers = [shop.central_keeper, second(shop, "central_keeper", "keeper3")]
    picks = at_once(
        [
            partial(actions.confirm_pick, requisition=approved, scan="(01)00000000000000(10)A", packs=12, by=by, at=at)
            for by in keepers
        ]
    )
    assert sorted(type(result).__name__ for result in picks) == ["Picked", "Refused"]
    actions.confirm_pick(requisition=approved, scan="(01)00000000000000(10)B", packs=30, by=shop.central_keeper, at=at)
    for point in queries.packing_points(approved, queries.pick_rows(approved), at):
        actions.tick_packing(requisition=approved, point=point, by=shop.central_keeper, at=at)
    actions.add_parcel(requisition=approved, carrier="示范快递", waybill="1", boxes=1, by=shop.central_keeper, at=at)

    dead = subprocess.run(
        [sys.executable, "-c", KILLED, str(approved.pk), at.isoformat()], env=environment(), check=False
    )
    assert dead.returncode == -signal.SIGKILL
    assert (IssueSlip.objects.count(), ShippedLine.objects.count(), Move.objects.filter(kind="transfer").count()) == (
        0,
        0,
        0,
    )
    sent = at_once([partial(actions.issue_goods, requisition=approved, by=by, at=at) for by in keepers])
    assert sorted(type(result).__name__ for result in sent) == ["Refused", "Requisition"]
    assert IssueSlip.objects.get().number == "CK2600001"
    counted = {line.pk: (line.packs, 0) for line in approved.shipped.all()}
    at_once(
        [
            partial(actions.count_arrival, requisition=approved, counted=counted, by=by, at=at)
            for by in (shop.keeper, shop.manager, shop.director)
        ]
    )
    assert Requisition.objects.get(pk=approved.pk).state == "received"
    assert RequisitionStep.objects.filter(requisition=approved, kind="counted").count() == 1
    assert (amount(fish_oil, beijing, at).there, amount(fish_oil, beijing, at).coming, drift()) == (42, 0, [])
