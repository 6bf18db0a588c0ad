"""Two colleagues at one thing: a coach leaves once and its customers hear once, one of two collectors signs."""

from collections import Counter
from functools import partial

import pytest

from kefu.dispatch import actions
from kefu.dispatch.models import Back, Run
from kefu.dispatch.tests.test_backs import GIVEN
from kefu.dispatch.tests.test_runs import plan
from kefu.kernel.errors import Refused
from kefu.messaging.models import Message
from kefu.testing.races import at_once


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("STK-023")
@pytest.mark.req("STK-024")
def test_of_two_who_do_the_same_one_is_told(yard):
    people = [yard.dispatcher, yard.keeper]
    run = actions.plan_run(warehouse=yard.warehouse, plan=plan(yard.at), by=yard.keeper, at=yard.at)
    actions.add_line(run=run, order=yard.three.number, packs=3, by=yard.keeper, at=yard.at)
    back = actions.register_back(warehouse=yard.warehouse, **GIVEN, by=yard.keeper, at=yard.at)
    left = at_once([partial(actions.depart, run=run, by=by, at=yard.at) for by in people])
    assert Counter(type(one) for one in left) == {Run: 1, Refused: 1}
    assert Message.objects.filter(template__code="coach_coming").count() == 1
    signed = at_once([partial(actions.collect_back, back=back, by=by, at=yard.at) for by in people])
    assert Counter(type(one) for one in signed) == {Back: 1, Refused: 1}
