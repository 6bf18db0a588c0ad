"""One verb for many customers keeps to each customer's own rules, whatever colleagues do meanwhile and whatever breaks at one row."""

from decimal import Decimal

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kefu.customers import bulk
from kefu.customers.actions.standing import Classified, classify, track
from kefu.customers.bulk import CUSTOMERS
from kefu.customers.bulk_forms import OfferForm
from kefu.customers.models import Customer, Standing
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.lists import actions
from kefu.foundation.lists.models import BulkRun
from kefu.organisation.models import Grant, Role, User

LIST = reverse("customers:list")
SELECTION = reverse("lists:selection", args=["customers"])


@pytest.fixture
def people(cast) -> dict[str, Customer]:
    return {"沈知夏": archive(cast, "沈知夏", "13812346021"), "陶映川": lead(cast, "陶映川", "13812346022")}


@pytest.mark.req("ORG-010")
def test_taking_over_takes_from_the_pool_and_never_from_a_colleague(cast, people):
    also = Role.objects.get(code="health_manager")
    Grant.objects.create(user=cast.director, role=also, node=cast.bj, valid_from=cast.at.date())
    director = User.objects.get(pk=cast.director.pk)
    rows = [people["沈知夏"].pk, people["陶映川"].pk]
    run = actions.choose_rows(spec=CUSTOMERS, code="take", rows=rows, by=director, at=cast.at)
    actions.start_run(run=run, given={"reason": ["我来负责"]}, here=False, by=director, at=cast.at)
    run_pending(cast.at)
    held, pooled = run.results.all()
    assert (held.state, held.code, held.said) == ("refused", "taken", "已经有健康管理师负责，没有变更。")
    assert pooled.state == "done", pooled.said
    assert [Customer.objects.get(pk=pk).health_manager for pk in rows] == [cast.manager, director]


def test_who_registers_leads_only_is_not_offered_to_take_them_over(cast, people, login):
    offered = {
        person: {one.code for one in login(getattr(cast, person)).get(LIST).context["list"].bulk}
        for person in ("service", "manager")
    }
    assert "take" in offered["manager"] and "take" not in offered["service"]


def test_what_a_colleague_changed_at_the_same_moment_stays(cast, people):
    one = people["沈知夏"]
    track(customer=one, note="问过", classes=Classified(demand="latent"), by=cast.manager, at=cast.at)
    run = actions.choose_rows(spec=CUSTOMERS, code="importance", rows=[one.pk], by=cast.manager, at=cast.at)
    actions.start_run(
        run=run, given={"importance": ["key"], "reason": ["重点"]}, here=True, by=cast.manager, at=cast.at
    )
    faster = []

    def colleague(execute, sql, params, many, context):
        """Until one has the customer's row, a colleague has it and saves."""
        if "customers_customer" in sql and "FOR NO KEY UPDATE" in sql and not faster:
            faster.append(sql)
            classify(customer=one, classes=Classified(demand="latent", closable_amount=Decimal(8000)), reason="问到了", by=cast.manager, at=cast.at)  # fmt: skip
        return execute(sql, params, many, context)

    with connection.execute_wrapper(colleague):
        settled = actions.settle(result=run.results.get(), cleaned={"importance": "key", "reason": "重点"}, by=cast.manager, at=cast.at)  # fmt: skip
    standing = Standing.objects.get(customer=one)
    assert (len(faster), settled.state, standing.importance, standing.closable_amount) == (
        1,
        "done",
        "key",
        Decimal(8000),
    )


def test_picking_many_rows_asks_no_more_than_picking_one(cast, login):
    ids, director, counts = (
        [lead(cast, f"白示{number}", f"1000000005{number}").pk for number in range(6)],
        login(cast.director),
        [],
    )
    for rows in (ids[:1], ids):
        with CaptureQueriesContext(connection) as asked:
            director.post(SELECTION, {"row": rows, "action": "close"})
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert [row.record_id for row in BulkRun.objects.get(total=6).results.all()] == ids


def test_a_row_at_which_the_system_breaks_is_told_and_the_others_are_done(cast, people, monkeypatch, caplog):
    rows = [people["沈知夏"].pk, people["陶映川"].pk]
    run = actions.choose_rows(spec=CUSTOMERS, code="close", rows=rows, by=cast.director, at=cast.at)
    actions.start_run(run=run, given={"reason": ["清理"]}, here=False, by=cast.director, at=cast.at)
    close = bulk.close_customer

    def broken(*, customer, **given):
        closed = close(customer=customer, **given)
        if customer.pk == rows[0]:
            raise ValueError(customer.name)
        return closed

    monkeypatch.setattr(bulk, "close_customer", broken)
    run_pending(cast.at)
    run.refresh_from_db()
    first, second = run.results.all()
    assert (run.state, first.state, first.code, second.state) == ("done", "refused", "failed", "done")
    assert first.said == "系统出错，这一行没有办成，请联系管理员。"
    assert [Customer.objects.get(pk=pk).stage for pk in rows] == ["active", "closed"]
    assert "ValueError" in caplog.text and "沈知夏" not in caplog.text


def test_a_lost_connection_is_no_answer_about_a_row(cast, people, monkeypatch):
    run = actions.choose_rows(spec=CUSTOMERS, code="close", rows=[people["沈知夏"].pk], by=cast.director, at=cast.at)
    for lost in (OperationalError("the connection is lost"), InterfaceError("connection already closed")):

        def gone(*, customer, lost=lost, **given):
            raise lost

        monkeypatch.setattr(bulk, "close_customer", gone)
        with pytest.raises(type(lost)):
            actions.settle(result=run.results.get(), cleaned={"reason": "清理"}, by=cast.director, at=cast.at)
        assert run.results.get().state == "waiting"


@pytest.mark.req("ORG-010")
def test_a_manager_asks_a_colleague_of_the_own_place_to_take_customers_over(cast, people):
    form = OfferForm({"role": "health_manager", "to": cast.manager2.pk, "reason": "请假"}, user=cast.manager)
    assert form.is_valid(), form.errors
    assert {cast.manager, cast.sh_manager}.isdisjoint(form.fields["to"].queryset)
    run = actions.choose_rows(spec=CUSTOMERS, code="offer", rows=[people["沈知夏"].pk], by=cast.manager, at=cast.at)
    asked = {"role": ["health_manager"], "to": [str(cast.manager2.pk)], "reason": ["请假"]}
    actions.start_run(run=run, given=asked, here=True, by=cast.manager, at=cast.at)
    settled = actions.settle(result=run.results.get(), cleaned=form.cleaned_data, by=cast.manager, at=cast.at)
    assert settled.state == "done", settled.said
    assert Assignment.objects.get().offered_to == cast.manager2
