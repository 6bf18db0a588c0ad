"""A customer wants her data to rest, or to be gone: one colleague enters it, another decides; the law keeps medical records a while."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kefu.customers import actions, queries
from kefu.customers.actions import check_identity, give_consent, update_archive
from kefu.customers.actions.privacy import (
    approve_privacy,
    ask_privacy,
    carry_out,
    decline_privacy,
    lift_hold,
    place_hold,
)
from kefu.customers.jobs import carry_out_erasures
from kefu.customers.models import PrivacyRequest
from kefu.customers.queries.privacy import kept_until
from kefu.customers.tests.asking import ask, code_of, erase, fresh, typed
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.models import AuditEntry
from kefu.journey.tests.walking import start_walk
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope
from kefu.messaging.actions import send
from kefu.messaging.models import Message
from kefu.organisation.models import Grant, Role, User

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
DAY = timedelta(days=1)


@pytest.fixture
def second(cast):
    """Another director of the centre."""
    user = User.objects.create(
        username="director2", job_number="2011", name="何示广", node=cast.bj, undertaking_signed_on=date(2026, 1, 5)
    )
    Grant.objects.create(
        user=user, role=Role.objects.get(code="centre_director"), node=cast.bj, valid_from=date(2026, 1, 5)
    )
    return user


@pytest.mark.req("CUS-037")
def test_a_request_needs_a_check_of_who_asks_and_is_due_in_fifteen_working_days(cast):
    start_walk(cast)  # brings the calendars
    customer = lead(cast)
    given = {
        "customer": customer,
        "kind": "erase",
        "asker": "self",
        "ground": "不再来了",
        "by": cast.manager,
        "at": cast.at,
    }
    assert code_of(ask_privacy, **given) == "not_checked"
    with pytest.raises(Invalid) as wrong:
        ask_privacy(**given | {"kind": "burn", "asker": "nobody", "ground": " "})
    assert [error.field for error in wrong.value.errors] == ["kind", "asker", "ground"]
    made = ask(cast, customer)
    assert (made.state, made.due_on, made.check_made.method) == ("asked", date(2026, 12, 14), "id_card")
    assert code_of(ask_privacy, **given) == "open"
    with pytest.raises(OutOfScope):
        ask_privacy(**given | {"by": cast.sh_manager})
    with pytest.raises(Forbidden):
        ask_privacy(**given | {"by": cast.doctor})


def test_nobody_decides_alone_and_only_directors_decide(cast, second):
    customer = lead(cast)
    own = ask(cast, customer, by=cast.director)
    given = {"request": own, "typed": typed(customer), "at": cast.at}
    assert code_of(approve_privacy, **given, by=cast.director) == "own_request"
    assert code_of(decline_privacy, request=own, reason="不行", by=cast.director, at=cast.at) == "own_request"
    for person in (cast.manager, cast.admin, cast.service):
        with pytest.raises(Forbidden):
            approve_privacy(**given, by=person)
    with pytest.raises(Invalid):
        approve_privacy(**given | {"typed": "HK000"}, by=second)
    assert fresh(customer).erased_at is None
    approve_privacy(**given, by=second)
    assert fresh(customer).erased_at == cast.at
    assert code_of(approve_privacy, **given, by=second) == "erased"


def test_a_request_is_declined_with_a_reason(cast):
    asked = ask(cast, lead(cast))
    with pytest.raises(Invalid):
        decline_privacy(request=asked, reason="", by=cast.director, at=cast.at)
    declined = decline_privacy(request=asked, reason="不是本人", by=cast.director, at=cast.at)
    assert (declined.state, declined.decided_by, declined.decided_reason) == ("declined", cast.director, "不是本人")
    assert code_of(approve_privacy, request=asked, typed="", by=cast.director, at=cast.at) == "decided"


@pytest.mark.req("SEC-001", part="lists and details")
def test_restricted_data_is_found_nowhere_and_nothing_is_entered(cast, login):
    customer = archive(cast)
    approve_privacy(request=ask(cast, customer, "restrict"), by=cast.director, at=cast.at)
    page = reverse("customers:page", args=[customer.pk])
    for who in (cast.manager, cast.service, cast.doctor):
        assert login(who).get(page).status_code == 404
        assert queries.search_ids(who, "沈知夏", 5) == queries.with_phone(who, "13812346021") == []
        assert not queries.listed(who).exists()
        assert queries.by_reference(who, str(customer.pk)) is None
    assert not queries.listed(cast.director).exists()
    assert queries.search_ids(cast.director, "沈知夏", 5) == []
    assert not queries.exportable(cast.director, queries.CustomerFilter()).exists()
    shown = login(cast.director).get(page)
    assert (shown.status_code, "资料已限制使用" in shown.content.decode()) == (200, True)
    token = issue_token(user=cast.manager, name="接口", by=cast.manager, at=cast.at)
    client = Client(headers={"Authorization": f"Bearer {token}", "X-Kefu-At": cast.at.isoformat()})
    assert client.get(f"/api/v1/customers/cus_{customer.pk}").status_code == 404
    assert client.get("/api/v1/customers").json()["items"] == []
    now = fresh(customer)
    refused = [
        code_of(update_archive, customer=now, changes={"remarks": "改"}, by=cast.manager, at=cast.at),
        code_of(give_consent, customer=now, scope="photographs", method="spoken", by=cast.director, at=cast.at),
        code_of(actions.close_customer, customer=now, reason="走了", by=cast.director, at=cast.at),
        code_of(actions.ask_subject_export, customer=now, reason="要", by=cast.director, at=cast.at),
    ]
    assert refused == ["restricted"] * 4
    values = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}
    message = send(customer=now, template="appt_confirmed", values=values, by=cast.director, at=cast.at)
    assert (message.withheld, Message.objects.filter(outbox__state="pending").count()) == ("restricted", 0)


def test_a_restriction_is_lifted_by_two_people(cast, second, login):
    customer = archive(cast)
    approve_privacy(request=ask(cast, customer, "restrict"), by=cast.director, at=cast.at)
    with pytest.raises((Forbidden, OutOfScope)):
        ask(cast, customer, "lift", by=cast.manager)
    lift = ask(cast, customer, "lift", by=cast.director)
    assert code_of(approve_privacy, request=lift, by=cast.director, at=cast.at) == "own_request"
    approve_privacy(request=lift, by=second, at=cast.at)
    assert fresh(customer).restricted_at is None
    assert login(cast.manager).get(reverse("customers:page", args=[customer.pk])).status_code == 200
    assert queries.search_ids(cast.manager, "沈知夏", 5) == [customer.pk]
    assert (
        code_of(ask_privacy, customer=customer, kind="lift", asker="self", ground="x", by=cast.director, at=cast.at)
        == "not_restricted"
    )


def test_a_medical_record_rests_until_the_law_lets_it_go_and_the_job_erases_it_once(cast):
    walk = start_walk(cast).to("interpretation")
    customer = walk.customer
    done = erase(cast, customer)
    last = walk.day
    assert (done.state, fresh(customer).erased_at) == ("waiting", None)
    assert fresh(customer).restricted_at is not None
    until = kept_until(customer, cast.at)
    assert until is not None and last.replace(year=last.year + 15) >= until > date(2041, 11, 1)
    midnight = datetime.combine(until, datetime.min.time(), cast.at.tzinfo)
    carry_out_erasures(at=midnight - DAY)
    assert fresh(customer).erased_at is None
    hold = place_hold(customer=customer, reason="法院来函", by=cast.director, at=cast.at)
    carry_out_erasures(at=midnight)
    assert fresh(customer).erased_at is None
    with pytest.raises(Invalid):
        lift_hold(hold=hold, reason="", by=cast.director, at=cast.at)
    lift_hold(hold=hold, reason="已结案", by=cast.director, at=cast.at)
    assert code_of(lift_hold, hold=hold, reason="再来", by=cast.director, at=cast.at) == "lifted"
    carry_out_erasures(at=midnight)
    carry_out_erasures(at=midnight + DAY)
    assert (fresh(customer).erased_at, PrivacyRequest.objects.get().state) == (midnight, "done")
    assert AuditEntry.objects.filter(code="customers.customer.erased").count() == 1
    assert not carry_out(request=done, by=cast.system, at=midnight)


def test_a_hold_keeps_even_a_lead_and_a_dropped_erasure_does_not_come_back(cast, second):
    customer = lead(cast)
    hold = place_hold(customer=customer, reason="投诉未结", by=cast.director, at=cast.at)
    assert erase(cast, customer).state == "waiting"
    lift = ask(cast, customer, "lift", by=cast.director, at=cast.at + DAY)
    approve_privacy(request=lift, by=second, at=cast.at + DAY)
    lift_hold(hold=hold, reason="结了", by=cast.director, at=cast.at + DAY)
    carry_out_erasures(at=cast.at + 2 * DAY)
    assert (fresh(customer).erased_at, fresh(customer).restricted_at) == (None, None)
    assert sorted(PrivacyRequest.objects.values_list("state", flat=True)) == ["done", "dropped"]


def test_the_pages_from_the_request_to_the_erasure(cast, login, second):
    customer = lead(cast)
    manager, director = login(cast.manager), login(cast.director)
    url, page = (reverse(f"customers:{name}", args=[customer.pk]) for name in ("privacy", "page"))
    assert url in manager.get(page).content.decode()
    assert login(cast.doctor).get(url).status_code in (403, 404)
    given = {"kind": "erase", "asker": "self", "ground": "不想再被联系", "scan": SimpleUploadedFile("信.pdf", PDF)}
    answer = manager.post(url, given)
    assert (answer.status_code, "请先核对来人或来电的身份。" in answer.content.decode()) == (409, True)
    check_identity(customer=customer, method="id_card", result="passed", by=cast.manager, at=cast.at)
    assert manager.post(url, given | {"ground": ""}).status_code == 422
    given["scan"] = SimpleUploadedFile("信.pdf", PDF)
    assert manager.post(url, given).status_code == 302
    html = manager.get(url).content.decode()
    assert ("等另一位同事" in html, "信.pdf" in html, "看后果并同意…" in html) == (True, True, False)
    approval = reverse("customers:privacy_approval", args=[customer.pk, PrivacyRequest.objects.get().pk])
    assert approval in director.get(url).content.decode()
    assert url in director.get(reverse("customers:privacy_requests")).content.decode()
    assert url in director.get("/").content.decode()  # the workbench
    assert [login(who).get(approval).status_code for who in (cast.manager, cast.service)] == [403, 403]
    shown = director.get(approval).content.decode()
    assert "删除之后不能恢复" in shown and f"#{customer.pk}" in shown
    assert director.post(approval, {"typed": "HA1"}).status_code == 422
    assert director.post(approval, {"typed": f"#{customer.pk}"}).status_code == 302
    html = director.get(page).content.decode()
    assert "资料已删除，不能恢复。" in html and "沈知夏" not in html
    assert manager.get(page).status_code == 404
    assert director.get(url).status_code == 200


def test_the_pages_of_restriction_holds_and_return(cast, login, second):
    customer = archive(cast)
    asked = ask(cast, customer, "restrict", by=cast.director)
    first, other = login(cast.director), login(second)
    url, approval, declining, holds = (
        reverse(f"customers:{name}", args=[customer.pk, *more])
        for name, more in (
            ("privacy", ()),
            ("privacy_approval", (asked.pk,)),
            ("privacy_declining", (asked.pk,)),
            ("holds", ()),
        )
    )
    assert "自己登记的要求要由另一位同事决定。" in first.get(approval).content.decode()
    assert other.post(declining, {"reason": ""}).status_code in (302, 422)
    assert PrivacyRequest.objects.get().state == "asked"
    assert other.post(approval).status_code == 302
    assert "资料已限制使用" in other.get(url).content.decode()
    other.post(holds, {"reason": "法院来函"})
    assert "法院来函" in other.get(url).content.decode()
    hold = customer.legal_holds.get()
    other.post(reverse("customers:hold_lifting", args=[customer.pk, hold.pk]), {"reason": "已结案"})
    assert "已取消保留：已结案" in other.get(url).content.decode()
    assert first.post(url, {"ground": "客户回来了"}).status_code == 302
    lift = PrivacyRequest.objects.latest("pk")
    assert (lift.kind, lift.state) == ("lift", "asked")
    other.post(reverse("customers:privacy_approval", args=[customer.pk, lift.pk]))
    assert login(cast.manager).get(reverse("customers:page", args=[customer.pk])).status_code == 200
