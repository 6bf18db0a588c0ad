"""Requests on the screen: asked, decided level by level, read afterwards; and the ladders themselves (ORG-014)."""

import pytest

from kefu.customers.tests.factories import archive
from kefu.foundation.approvals.models import ApprovalRequest, Ladder
from kefu.foundation.approvals.queries import levels_of
from kefu.foundation.approvals.tests.test_ladder import house  # noqa: F401  a fixture
from kefu.foundation.audit.models import AuditEntry
from kefu.organisation.models import User

ASKED = {"matter": "duty", "text": "客户要求上门", "proposal": "建议派专人陪同"}


@pytest.mark.req("ORG-014")
def test_an_instruction_is_asked_passed_up_and_granted(cast, login, house):  # noqa: F811
    told = login(house["rep"]).post("/requests/new/", ASKED, follow=True)
    one = ApprovalRequest.objects.get()
    page = f"/requests/{one.pk}/"
    assert "已报上级，批示后铃会响。" in told.text and "客户要求上门" in told.text and "撤回请示" in told.text
    leader = login(house["leader"])
    assert "超出职责的事" in leader.get("/").text  # on the workbench
    assert "1 件等您批示" in leader.get("/requests/").text
    assert login(house["department"]).get(page).status_code == 404
    silent = leader.post(f"{page}decision/", {"verdict": "pass_up", "level": 1, "comment": ""})
    assert silent.status_code == 422 and "请写明批示。" in silent.text
    leader.post(f"{page}decision/", {"verdict": "pass_up", "level": 1, "comment": "超出班组权限"})
    department = login(house["department"])
    seen = department.get(page).text
    assert "超出班组权限" in seen and "建议派专人陪同" in seen
    department.post(f"{page}decision/", {"verdict": "approve", "level": 2, "comment": "同意，派王师傅"})
    history = login(house["rep"]).get(page).text
    assert "超出班组权限" in history and "同意，派王师傅" in history and "撤回请示" not in history
    assert "我批示过的" in leader.get("/requests/").text
    late = department.post(f"{page}decision/", {"verdict": "decline", "level": 2, "comment": "改主意了"})
    assert late.status_code == 409 and "同事刚批示过了" in late.text


@pytest.mark.req("ORG-014")
def test_the_second_of_two_deciders_reads_who_was_faster(cast, login, house):  # noqa: F811
    login(house["rep"]).post("/requests/new/", ASKED)
    page = f"/requests/{ApprovalRequest.objects.get().pk}/"
    decision = {"verdict": "approve", "level": 1, "comment": ""}
    late = login(house["leader2"])
    assert "客户要求上门" in late.get(page).text
    login(house["leader"]).post(f"{page}decision/", decision)
    told = late.post(f"{page}decision/", decision)
    assert told.status_code == 409 and "同事刚批示过了，您的批示没有记下。" in told.text
    assert "已由白示二批示：批准" in told.text and "客户要求上门" not in told.text
    rung = late.get(page)  # the bell still leads here
    assert rung.status_code == 200 and "已由白示二批示：批准" in rung.text and "刚批示过" not in rung.text
    for stranger in (house["department"], cast.manager):
        assert login(stranger).get(page).status_code == 404
        assert login(stranger).post(f"{page}decision/", decision).status_code == 404


def test_the_bell_of_a_withdrawn_request_says_so(cast, login, house):  # noqa: F811
    rep = login(house["rep"])
    rep.post("/requests/new/", ASKED)
    page = f"/requests/{ApprovalRequest.objects.get().pk}/"
    rep.post(f"{page}withdrawal/")
    told = login(house["leader"]).get(page)
    assert told.status_code == 200 and "已撤回" in told.text and "客户要求上门" not in told.text


def test_the_buttons_say_in_english_what_they_do(cast, login, house):  # noqa: F811
    login(house["rep"]).post("/requests/new/", ASKED)
    User.objects.filter(pk=house["leader"].pk).update(language="en")
    seen = login(User.objects.get(pk=house["leader"].pk)).get(f"/requests/{ApprovalRequest.objects.get().pk}/").text
    for word in ("Approve", "Decline", "Pass up"):
        assert f"</svg>{word}</button>" in seen


@pytest.mark.req("WFM-031")
@pytest.mark.parametrize("matter", ["political", "error", "danger", "duty", "trouble"])
def test_each_matter_of_the_register_needs_an_own_proposal(cast, login, house, matter):  # noqa: F811
    rep = login(house["rep"])
    empty = rep.post("/requests/new/", ASKED | {"matter": matter, "proposal": ""})
    assert empty.status_code == 422 and not ApprovalRequest.objects.exists()
    rep.post("/requests/new/", ASKED | {"matter": matter})
    one = ApprovalRequest.objects.get()
    assert (one.matter, one.proposal) == (matter, "建议派专人陪同")
    assert rep.post("/requests/new/", ASKED | {"matter": "weather"}).status_code == 422


def test_the_customer_is_named_to_those_who_may_see_him(cast, login, house):  # noqa: F811
    one = archive(cast, "白示夏", "10000000031")
    asked = f"/requests/new/?customer={one.pk}"
    assert login(cast.sh_manager).get(asked).status_code == 404
    assert "关于白示夏" in login(cast.manager).get(asked).text
    told = login(cast.manager).post(asked, ASKED, follow=True)
    made = ApprovalRequest.objects.get()
    assert made.customer_id == one.pk and "白示夏" in told.text
    director = login(cast.director).get(f"/requests/{made.pk}/").text
    assert f"/customers/{one.pk}/" in director
    assert AuditEntry.objects.filter(code="approvals.request.read", customer_id=one.pk, by_id=cast.director.pk).exists()


def test_without_anybody_above_it_is_said(cast, login, house):  # noqa: F811
    refused = login(cast.admin).post("/requests/new/", ASKED)
    assert refused.status_code == 409 and "没有设请示的上级" in refused.text


def test_one_takes_a_request_back(cast, login, house):  # noqa: F811
    rep = login(house["rep"])
    rep.post("/requests/new/", ASKED)
    one = ApprovalRequest.objects.get()
    assert login(house["leader"]).post(f"/requests/{one.pk}/withdrawal/").status_code == 404
    rep.post(f"/requests/{one.pk}/withdrawal/")
    assert "已撤回" in rep.get("/requests/").text


def test_the_administrator_says_who_stands_where(cast, login, house):  # noqa: F811
    admin = login(cast.admin)
    assert "班长" in admin.get("/ladders/").text
    ladder = Ladder.objects.get(code="service")
    ask = ApprovalRequest.objects
    login(house["rep"]).post("/requests/new/", ASKED)
    admin.post("/ladders/service/roles/", {"role": "admin", "level": "99"})
    assert levels_of(ladder)[-1] == ["admin"]
    assert ask.get().levels[-1] == ["service_centre_director"]  # a request on its way keeps its ladder
    admin.post("/ladders/service/roles/admin/removal/")
    admin.post("/ladders/service/roles/", {"role": "service_centre_director", "level": "3"})
    assert levels_of(ladder)[2:] == [["service_department_director", "service_centre_director"]]
    for code in ("service_department_director", "service_centre_director"):
        admin.post(f"/ladders/service/roles/{code}/removal/")
    assert len(levels_of(ladder)) == 2
    for code in ("shift_leader", "service_supervisor"):
        last = admin.post(f"/ladders/service/roles/{code}/removal/", follow=True)
    assert "至少要有两级" in last.text and len(levels_of(ladder)) == 2
    assert login(cast.director).get("/ladders/").status_code == 403
