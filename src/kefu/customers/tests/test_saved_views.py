"""The customer list as people make it their own: columns, views for oneself and for colleagues, one verb for many customers."""

import csv
import io
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from kefu.customers.bulk import CUSTOMERS
from kefu.customers.models import Customer
from kefu.customers.tests.factories import archive, lead, source
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.lists import actions
from kefu.foundation.lists.models import BulkResult, BulkRun, SavedView
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope

LIST = reverse("customers:list")
VIEWS = reverse("lists:views", args=["customers"])
SELECTION = reverse("lists:selection", args=["customers"])


def names(response) -> list[str]:
    return [row.record.name for row in response.context["list"].rows]


def titles(response) -> list[str]:
    return [str(column.label) for column in response.context["list"].columns]


def keep(cast, by, name, query="", node=None) -> SavedView:
    return actions.keep_view(spec=CUSTOMERS, name=name, params=QueryDict(query), node=node, by=by, at=cast.at)


@pytest.fixture
def people(cast) -> dict[str, Customer]:
    return {
        "沈知夏": archive(cast, "沈知夏", "13812346021"),
        "陶映川": lead(cast, "陶映川", "13812346022"),
        "倪若安": lead(cast, "倪若安", "13812346023", by=cast.sh_manager),
    }


def test_columns_are_chosen_and_phones_stay_masked_on_the_page_and_in_the_export(cast, people, login):
    director = login(cast.director)
    whole = director.get(LIST)
    assert titles(whole) == ["客户", "健康档案号", "阶段", "分中心", "健康管理师", "功能医生", "登记时间"]
    query = "columns=phone&columns=source&columns=nonsense"
    chosen = director.get(f"{LIST}?{query}")
    assert titles(chosen) == ["客户", "电话", "客户来源"]
    html = chosen.content.decode()
    assert "138 **** 6021" in html and "13812346021" not in html
    answer = director.post(f"{reverse('customers:export')}?{query}", {"reason": "核对", "form": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["姓名", "性别", "年龄", "电话", "客户来源"],
        ["陶映川", "", "", "138 **** 6022", ""],
        ["沈知夏", "女", "41", "138 **** 6021", "到店"],
        ["导出人：何示安 2001，2026-11-23 09:00，用途：核对"],
    ]


def test_a_column_needs_its_right_and_is_empty_where_the_right_does_not_reach(cast, people, login):
    assert "grade" in {column.code for column, _shown in login(cast.director).get(LIST).context["list"].choosable}
    doctor = login(cast.doctor).get(f"{LIST}?columns=grade&columns=tracking")
    codes = {column.code for column in CUSTOMERS.columns_of(cast.doctor)}
    assert ("grade" in codes) is ("等级" in titles(doctor))


def test_a_view_keeps_filters_columns_and_order_for_oneself(cast, people, login):
    manager = login(cast.manager)
    made = manager.post(f"{VIEWS}?stage=active&order=number&columns=phone&after=x&q=y", {"name": "已建档的"})
    view = SavedView.objects.get()
    assert (view.filters, view.order, view.columns, view.node) == ({"stage": ["active"]}, "number", ["phone"], None)
    assert made.url == f"{LIST}?view={view.pk}&stage=active&order=number&columns=phone"
    page = manager.get(LIST)
    assert [str(tab.label) for tab in page.context["list"].tabs] == ["全部", "已建档的"]
    opened = manager.get(made.url)
    assert [tab.current for tab in opened.context["list"].tabs] == [False, True]
    assert titles(opened) == ["客户", "电话"]
    assert [str(tab.label) for tab in login(cast.manager2).get(LIST).context["list"].tabs] == ["全部"]
    again = manager.post(f"{VIEWS}?stage=lead", {"name": "已建档的"})
    assert (again.status_code, "已经有一个同名的视图。" in again.content.decode()) == (422, True)
    assert AuditEntry.objects.get(code="lists.view.kept").by == cast.manager


def test_a_shared_view_is_the_colleagues_of_the_place_and_shows_each_only_the_own_customers(cast, people, login):
    view = keep(cast, cast.director, "全中心", "columns=phone", cast.bj)
    everywhere = keep(cast, cast.director, "只给自己")
    expected = {"manager": ["陶映川", "沈知夏"], "manager2": ["陶映川"], "doctor": ["沈知夏"]}
    for person, seen in expected.items():
        page = login(getattr(cast, person)).get(f"{LIST}?{view.address}")
        assert [str(tab.label) for tab in page.context["list"].tabs] == ["全部", "全中心"], person
        assert names(page) == seen, person
    assert [str(tab.label) for tab in login(cast.sh_manager).get(LIST).context["list"].tabs] == ["全部"]
    for person in (cast.manager, cast.doctor):
        with pytest.raises(Forbidden):
            keep(cast, person, "我也要共用", "", cast.bj)
        with pytest.raises(Forbidden):
            actions.remove_view(spec=CUSTOMERS, view=view, by=person, at=cast.at)
        with pytest.raises(OutOfScope):
            actions.remove_view(spec=CUSTOMERS, view=everywhere, by=person, at=cast.at)
    with pytest.raises(OutOfScope):
        keep(cast, cast.director, "别的中心", "", cast.sh)
    assert SavedView.objects.filter(removed_at=None).count() == 2


def test_a_view_is_renamed_taken_off_the_tabs_put_first_and_removed(cast, people, login):
    manager, view = login(cast.manager), keep(cast, cast.manager, "已建档", "stage=active")
    url = reverse("lists:view_choice", args=["customers", view.pk])
    manager.post(reverse("lists:view", args=["customers", view.pk]), {"name": "建过档的"})
    manager.post(url, {"as": "first"})
    opened = manager.get(LIST, follow=True)
    assert opened.redirect_chain == [(f"{LIST}?view={view.pk}&stage=active", 302)]
    assert names(opened) == ["沈知夏"] and "建过档的" in opened.content.decode()
    assert names(manager.get(f"{LIST}?view=0")) == ["陶映川", "沈知夏"]
    manager.post(url, {"as": "hidden"})
    page = manager.get(LIST)
    assert (page.status_code, len(page.context["list"].tabs)) == (200, 1)
    assert "建过档的" in manager.get(VIEWS).content.decode()
    manager.post(reverse("lists:view_removal", args=["customers", view.pk]))
    assert "建过档的" not in manager.get(VIEWS).content.decode().split("<section")[-1]
    assert manager.post(url, {"as": "first"}).status_code == 404


def test_a_view_shared_with_a_place_one_may_no_longer_share_with_stays_shared_when_it_is_renamed(cast, people, login):
    view = keep(cast, cast.director, "上海的", "columns=phone", cast.bj)
    SavedView.objects.filter(pk=view.pk).update(node=cast.sh)
    director, url = login(cast.director), reverse("lists:view", args=["customers", view.pk])
    form = director.get(url).context["form"]
    assert f'<option value="{cast.sh.pk}" selected>' in str(form["node"])
    director.post(url, {"name": "上海中心的", "node": cast.sh.pk})
    view.refresh_from_db()
    assert (view.name, view.node) == ("上海中心的", cast.sh)


def test_all_shows_all_also_to_whoever_opens_the_list_with_a_view(cast, people, login):
    manager, view = login(cast.manager), keep(cast, cast.manager, "已建档", "stage=active")
    manager.post(reverse("lists:view_choice", args=["customers", view.pk]), {"as": "first"})
    page = manager.get(LIST, follow=True)
    assert names(page) == ["沈知夏"]
    for asked in ("?stage=lead", "?stage=lead&view=0", "?stage=lead&after=x"):
        whole = manager.get(f"{LIST}{asked}").context["stages"][0]["url"]
        assert names(manager.get(f"{LIST}{whole}", follow=True)) == ["陶映川", "沈知夏"], asked


def test_many_customers_are_assigned_each_by_its_own_rules_and_a_second_press_does_nothing(cast, people, login):
    director = login(cast.director)
    ids = [str(people[name].pk) for name in ("陶映川", "沈知夏", "倪若安")]
    asked = director.post(SELECTION, {"row": ids, "action": "assign"})
    run = BulkRun.objects.get()
    assert (asked.url, run.total, run.state) == (reverse("lists:run", args=[run.pk]), 2, "asked")
    page = director.get(asked.url).content.decode()
    assert "陶映川、沈知夏" in page and "倪若安" not in page
    wrong = director.post(asked.url, {"reason": "调整"})
    assert (wrong.status_code, "请选择健康管理师或功能医生。" in wrong.content.decode()) == (422, True)
    given = {"health_manager": cast.manager2.pk, "reason": "调整分工"}
    for _press in range(2):
        assert director.post(asked.url, given).status_code in (200, 302)
    run.refresh_from_db()
    assert (run.state, [row.state for row in run.results.all()]) == ("done", ["done", "done"])
    for name in ("陶映川", "沈知夏"):
        people[name].refresh_from_db()
        assert people[name].health_manager == cast.manager2
        changed = AuditEntry.objects.filter(code="customers.owner.changed", customer_id=people[name].pk)
        assert changed.exclude(reason="建档").count() == 1, name
    shown = director.get(asked.url).content.decode()
    assert "变更归属 2 行：办成 2，没办成 0" in shown
    assert login(cast.manager).get(asked.url).status_code == 404


def test_what_one_row_refuses_stands_beside_it_and_the_others_are_done(cast, people, login):
    manager, rows = login(cast.manager), [people["沈知夏"].pk, people["陶映川"].pk]
    run = actions.choose_rows(spec=CUSTOMERS, code="offer", rows=rows, by=cast.manager, at=cast.at)
    actions.start_run(run=run, given={}, here=True, by=cast.manager, at=cast.at)
    for result in run.results.all():
        given = {"role": "health_manager", "to": cast.manager2, "reason": "休假"}
        actions.settle(result=result, cleaned=given, by=cast.manager, at=cast.at)
    actions.end_run(run=run, ring=False, by=cast.manager, at=cast.at)
    url = reverse("lists:run", args=[run.pk])
    results = {row.record_id: row for row in BulkResult.objects.all()}
    assert results[people["沈知夏"].pk].state == "done"
    refused = results[people["陶映川"].pk]
    assert (refused.state, refused.code) == ("refused", "not_owner")
    assert "只有这位客户的负责人或主任可以移交。" in manager.get(url).content.decode()
    only = manager.get(f"{url}?state=refused").content.decode()
    assert "陶映川" in only and "沈知夏" not in only
    assert AuditEntry.objects.filter(kind="refused", code="customers.offer").count() == 1


def test_all_that_match_are_taken_by_the_filters_of_the_list_up_to_a_limit(cast, people, login):
    director = login(cast.director)
    whole = {"all": "1", "query": "stage=lead", "action": "close"}
    url = director.post(SELECTION, whole).url
    assert [row.record_id for row in BulkResult.objects.all()] == [people["陶映川"].pk]
    director.post(url, {"reason": "名单清理"})
    people["陶映川"].refresh_from_db()
    assert (people["陶映川"].stage, people["陶映川"].closed_reason) == ("closed", "名单清理")
    LimitValue.objects.create(
        code="lists.bulk_most", value=1, valid_from=cast.at.date(), set_by=cast.admin, set_at=cast.at
    )
    answer = director.post(SELECTION, whole | {"query": ""}, follow=True)
    assert "一次最多批量办理 1 行，请先筛选。" in answer.content.decode()
    assert "请先勾选要办理的行。" in director.post(SELECTION, {"action": "close"}, follow=True).content.decode()
    assert BulkRun.objects.count() == 1


def test_more_than_a_hundred_run_in_the_background_and_ring_the_bell_in_the_persons_language(cast, people, login):
    LimitValue.objects.create(
        code="lists.bulk_at_once", value=1, valid_from=cast.at.date(), set_by=cast.admin, set_at=cast.at
    )
    cast.manager.language = "en"
    cast.manager.save()
    manager = login(cast.manager)
    url = manager.post(SELECTION, {"row": [people["沈知夏"].pk, people["陶映川"].pk], "action": "importance"}).url
    manager.post(url, {"importance": "key", "reason": "重点"})
    run = BulkRun.objects.get()
    assert (run.state, "0 / 2" in manager.get(url).content.decode()) == ("running", True)
    run_pending(cast.at)
    run.refresh_from_db()
    assert (run.state, {row.code for row in run.results.all()}) == ("done", {"not_graded"})
    assert all(row.said.isascii() for row in run.results.all())
    bell = Notice.objects.get(user=cast.manager)
    assert (bell.link, "0" in bell.text and "2" in bell.text) == (url, True)


def test_a_run_left_in_the_middle_goes_on_with_the_rows_that_wait(cast, people):
    rows = [people["沈知夏"].pk, people["陶映川"].pk]
    run = actions.choose_rows(spec=CUSTOMERS, code="close", rows=rows, by=cast.director, at=cast.at)
    actions.start_run(run=run, given={"reason": ["清理"]}, here=True, by=cast.director, at=cast.at)
    first = run.results.all()[0]
    actions.settle(result=first, cleaned={"reason": "清理"}, by=cast.director, at=cast.at)
    run_pending(cast.at + timedelta(minutes=1))
    assert [row.state for row in run.results.all()] == ["done", "waiting"]
    run_pending(cast.at + timedelta(minutes=3))
    assert [row.state for row in run.results.all()] == ["done", "done"]
    closings = AuditEntry.objects.filter(code__startswith="customers.", reason="清理").values_list(
        "customer_id", flat=True
    )
    assert sorted(closings) == sorted(rows)


def test_results_are_forgotten_after_thirty_days(cast, people):
    run = actions.choose_rows(spec=CUSTOMERS, code="close", rows=[people["沈知夏"].pk], by=cast.director, at=cast.at)
    assert actions.forget_runs(by=cast.system, at=cast.at + timedelta(days=30)) == 0
    assert actions.forget_runs(by=cast.system, at=cast.at + timedelta(days=31)) == 1
    assert not BulkResult.objects.filter(run=run.pk).exists()


def test_an_unknown_verb_or_list_does_not_exist_and_keeping_needs_a_name(cast, people, login):
    director = login(cast.director)
    assert director.post(SELECTION, {"row": [people["沈知夏"].pk], "action": "burn"}).status_code == 404
    assert director.get(reverse("lists:views", args=["secrets"])).status_code == 404
    assert login(cast.keeper).get(VIEWS).status_code == 403
    with pytest.raises(Invalid):
        keep(cast, cast.director, " ")


def test_the_picked_ones_are_exported_and_nobody_else(cast, people, login):
    director = login(cast.director)
    away = director.post(SELECTION, {"row": [people["沈知夏"].pk], "query": "columns=phone", "action": "export"})
    answer = director.post(away.url, {"reason": "核对", "form": "csv"})
    assert answer.content.decode("utf-8-sig").splitlines() == [
        "姓名,性别,年龄,电话", "沈知夏,女,41,138 **** 6021", "导出人：何示安 2001，2026-11-23 09:00，用途：核对",
    ]  # fmt: skip


def test_without_a_picked_row_nothing_is_exported(cast, people, login):
    director = login(cast.director)
    for rows in ([], ["²", "x"], [people["倪若安"].pk]):
        answer = director.post(
            SELECTION,
            {"row": rows, "query": "", "action": "export"},
            follow=True,
            HTTP_REFERER=f"http://testserver{LIST}",
        )
        assert answer.redirect_chain[-1][0] == f"http://testserver{LIST}", rows
        assert "请先勾选要办理的行。" in answer.content.decode()
    whole = director.post(SELECTION, {"all": "1", "query": "stage=lead", "action": "export"})
    assert whole.url == f"{reverse('customers:export')}?stage=lead"
    export = reverse("customers:export")
    assert "没有可以导出的客户" in director.get(f"{export}?row=x").content.decode()
    page = director.get(f"{export}?row={people['沈知夏'].pk}&stage=active")
    assert "导出所选 1 位客户" in page.content.decode()
    assert page.context["back"] == f"{LIST}?stage=active"
    assert "按列表的筛选条件" in director.get(f"{export}?stage=active").content.decode()


def test_source_is_loaded_once_for_all_rows(cast, login, django_assert_max_num_queries):
    source()
    client, counts = login(cast.service), []
    url = f"{LIST}?" + "&".join(f"columns={column.code}" for column in CUSTOMERS.columns)
    for start, end in ((0, 1), (1, 20)):
        for number in range(start, end):
            archive(cast, f"客户{number:02}", f"138123460{number:02}")
        with django_assert_max_num_queries(40) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
