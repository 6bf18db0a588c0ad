"""A move of customers on the screen: chosen, looked through, started, reported, taken back (ORG-013)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.administration.actions.limits import set_limit
from kefu.customers.actions.carrying import move_portion
from kefu.customers.actions.moves import start_move, stop_move
from kefu.customers.models import Customer, MovedCustomer, TerritoryMove
from kefu.customers.tests.factories import archive, lead
from kefu.customers.tests.test_territory_moves import head, prepare, takers  # noqa: F401  a fixture
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.organisation.models import Grant, Node, Role


def filled(cast, **more) -> dict:
    return {"source": cast.bj.pk, "target": cast.sh.pk, "on": "2026-11-23", "reason": "属地化经营", "health_manager": cast.sh_manager.pk,
            "doctor": cast.sh_doctor.pk, **more}  # fmt: skip


def test_from_the_form_to_the_report_and_back(cast, head, login):  # noqa: F811
    archive(cast, "白示夏", "10000000031")
    lead(cast, "白示冬", "10000000033")
    browser = login(head)
    assert "还没有划转过客户" in browser.get("/territory-moves/").text
    form = browser.get(f"/territory-moves/new/?source={cast.bj.pk}&target={cast.sh.pk}", headers={"HX-Request": "true"})
    assert "宋示和 3003" in form.text and "何示文 2004 健康管理师" in form.text
    listed = browser.post("/territory-moves/new/", filled(cast), follow=True)
    made = TerritoryMove.objects.get()
    home = f"/territory-moves/{made.pk}/"
    assert (
        "2 位，其中已建档 1 位" in listed.text
        and "白示夏" in listed.text
        and "把这 2 位客户划到上海徐汇中心？" in listed.text
    )
    assert "待确认" in browser.get("/territory-moves/").text
    assert "划转中" in browser.post(f"{home}start/", follow=True).text
    run_pending(cast.at)
    report = browser.get(home).text
    assert "撤销划转，2 位客户回到原来的机构和负责人？" in report and "已划转" in report
    assert browser.post(f"{home}start/", follow=True).text.count("这次划转已经确认或作废。") == 1
    file = browser.post(f"{home}export/", {"reason": "交接核对", "form": "csv"})
    assert "白示夏,已划转,,上海徐汇中心,宋示和 3003,宋示宁 3002" in file.content.decode("utf-8-sig")
    assert AuditEntry.objects.filter(code="customers.move.exported", customer_id__isnull=False).count() == 2
    assert "请写明撤销划转的原因。" in browser.post(f"{home}undoing/", {"reason": " "}, follow=True).text
    browser.post(f"{home}undoing/", {"reason": "名单弄错了"})
    run_pending(cast.at)
    undone = browser.get(f"{home}?result=back").text
    assert "名单弄错了" in undone and "白示夏" in undone
    assert set(Customer.objects.values_list("node", flat=True)) == {cast.bj.pk}


def test_what_is_wrong_is_said_beside_the_field(cast, head, login):  # noqa: F811
    archive(cast, "白示夏", "10000000031")
    browser = login(head)
    unknown = browser.post("/territory-moves/new/", filled(cast, numbers="X-1\nX-2"))
    assert unknown.status_code == 422 and "原机构没有这些档案号：X-1、X-2" in unknown.text
    same = browser.post("/territory-moves/new/", filled(cast, target=cast.bj.pk, doctor="", health_manager=""))
    assert same.status_code == 422 and "请选择另一个机构。" in same.text
    assert not TerritoryMove.objects.exists()


def test_the_administrator_moves_the_roles_and_sees_no_customer(cast, head, login):  # noqa: F811
    archive(cast, "白示夏", "10000000031")
    made = prepare(cast, head, staff=list(Grant.objects.filter(user__in=(cast.manager, cast.doctor))))
    home = f"/territory-moves/{made.pk}/"
    seen = login(cast.admin).get(home).text
    assert "办理岗位调动" in seen and "白示夏" not in seen
    assert "岗位已调动。" in login(cast.admin).post(f"{home}roles/", follow=True).text
    assert "确认划转" in login(head).get(home).text
    assert login(head).post(f"{home}roles/return/").status_code == 403
    assert "岗位已调回。" in login(cast.admin).post(f"{home}roles/return/", follow=True).text
    assert login(cast.admin).post(f"{home}start/").status_code == 403
    assert "已作废，客户都没有动。" in login(head).post(f"{home}discarding/", follow=True).text


def test_a_move_that_stopped_half_way_is_confirmed_again(cast, head, login):  # noqa: F811
    made = half_way(cast, head)
    home = f"/territory-moves/{made.pk}/"
    seen = login(head).get(home).text
    assert "已停下" in seen and "把其余 1 位客户划到上海徐汇中心？" in seen and "作废这次划转" not in seen
    login(head).post(f"{home}start/")
    run_pending(cast.at)
    assert TerritoryMove.objects.get().state == "done"


def half_way(cast, head) -> TerritoryMove:  # noqa: F811
    """A move that carried one of two customers over and stopped, for whoever confirmed it had no right any more."""
    set_limit(code="customers.move_portion", value=1, valid_from=cast.at.date(), by=cast.admin, at=cast.at)
    for number in range(2):
        archive(cast, f"白示{number}", f"1000000010{number}")
    made = prepare(cast, head, **takers(cast))
    start_move(move=made, by=head, at=cast.at)
    move_portion(move=made, by=head, at=cast.at)
    stop_move(move=made, by=head, at=cast.at)
    return made


def test_a_customer_who_went_elsewhere_since_is_named_only_to_who_may_see_him(cast, login):
    role = Role.objects.get(code="centre_director")
    Grant.objects.create(user=cast.director, role=role, node=cast.sh, valid_from=date(2026, 1, 5))
    stayed, gone = archive(cast, "白示夏", "10000000031"), archive(cast, "白示秋", "10000000032")
    made = prepare(cast, cast.director, **takers(cast))
    third = Node.objects.create(parent=cast.hq, code="GZ1", zh="广州天河中心", kind="centre")
    Customer.objects.filter(pk=gone.pk).update(node=third)
    seen = login(cast.director).get(f"/territory-moves/{made.pk}/").text
    assert stayed.name in seen and gone.name not in seen
    assert "2 位，其中已建档 2 位" in seen


@pytest.mark.parametrize("path", ["", "start/", "discarding/", "undoing/", "export/"])
def test_out_of_reach_it_does_not_exist(cast, head, login, path):  # noqa: F811
    archive(cast, "白示夏", "10000000031")
    made = prepare(cast, head, **takers(cast))
    browser = login(cast.director)
    ask = browser.get if path in ("", "export/") else browser.post
    assert ask(f"/territory-moves/{made.pk}/{path}").status_code == 404
    assert login(cast.manager).get(f"/territory-moves/{made.pk}/").status_code == 403
    assert TerritoryMove.objects.get().state == "draft"


def test_the_page_asks_the_same_for_one_and_for_twenty(cast, head, login):  # noqa: F811
    def cost() -> int:
        made = prepare(cast, head, **takers(cast))
        browser = login(head)
        browser.get(f"/territory-moves/{made.pk}/")
        with CaptureQueriesContext(connection) as asked:
            assert "确认划转" in browser.get(f"/territory-moves/{made.pk}/").text
        return len(asked)

    archive(cast, "白示夏", "10000000031")
    one = cost()
    for number in range(19):
        lead(cast, f"白示{number}", f"100000002{number:02}")
    assert cost() == one
    assert MovedCustomer.objects.count() == 21


def test_a_move_of_the_past_cannot_be_chosen(cast, head, login):  # noqa: F811
    archive(cast, "白示夏", "10000000031")
    answer = login(head).post("/territory-moves/new/", filled(cast, on=str(date(2026, 11, 22))))
    assert answer.status_code == 422 and "生效日期不能早于今天。" in answer.text
