"""The page: bring a file, look, import, take back."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange import undoing
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.tests.conftest import HEAD, codes, xlsx
from kefu.foundation.exchange.tests.test_import import MANY, MIXED, TWO
from kefu.foundation.jobs.testing import run_pending


@pytest.fixture
def browser(spec, login, cast):
    return login(cast.manager)


def upload(browser, content, name="诊室.xlsx", **more):
    return browser.post("/imports/rooms/", {"file": SimpleUploadedFile(name, content)} | more, follow=True)


def test_the_page_explains_what_may_be_brought(browser):
    page = browser.get("/imports/rooms/").content.decode()
    for words in ("导入诊室", "分中心编码", "room code、代码", "例如 BJ-R1", "已有的记录也更新", "下载模板"):
        assert words in page


def test_a_file_is_checked_first_and_imported_when_asked(browser):
    page = upload(browser, TWO)
    run = ImportRun.objects.get()
    assert page.redirect_chain == [(f"/imports/rooms/{run.pk}/", 302)]
    assert "共 2 行：2 行可以导入，0 行有错。" in page.content.decode()
    assert "导入后会新增 2 行，更新 0 行。" in page.content.decode()
    assert codes() == []
    page = browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"}, follow=True).content.decode()
    assert "已导入：新增 2 行，更新 0 行，0 行有错没有导入。" in page
    assert codes() == ["R1", "R2"]


def test_bad_rows_are_listed_and_can_be_fetched(browser):
    page = upload(browser, MIXED).content.decode()
    for words in ("共 6 行：2 行可以导入，4 行有错。", "只导入正确的 2 行", "厨房不能接诊。", "下载要改的行"):
        assert words in page
    run = ImportRun.objects.get()
    answer = browser.get(f"/imports/rooms/{run.pk}/errors.xlsx")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row == 5
    page = browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "good"}, follow=True).content.decode()
    assert "已导入：新增 2 行，更新 0 行，4 行有错没有导入。" in page


def test_pressing_twice_imports_once(browser):
    upload(browser, TWO)
    run = ImportRun.objects.get()
    for _press in range(2):
        page = browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"}, follow=True).content.decode()
    assert "这次导入已经处理过，没有重复导入。" in page
    assert codes() == ["R1", "R2"]


def test_the_same_file_again_says_who_imported_it(browser):
    for _time in range(2):
        upload(browser, TWO)
        run = ImportRun.objects.latest("id")
        page = browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"}, follow=True).content.decode()
    assert "这个文件 何示文 已于 2026-11-23 09:00 导入过。" in page


def test_a_file_that_cannot_be_read_says_why_on_the_form(browser):
    page = upload(browser, xlsx(["编码"], ["R1"]))
    assert page.status_code == 422
    assert "没有找到表头。表头要有这些列：编码、名称、分中心编码、用途…" in page.content.decode()
    assert browser.post("/imports/rooms/", {}).status_code == 422
    assert not ImportRun.objects.exists()


def test_taking_back_asks_why(browser):
    upload(browser, TWO)
    run = ImportRun.objects.get()
    browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"})
    page = browser.post(f"/imports/rooms/{run.pk}/undoing/", {"reason": ""}, follow=True).content.decode()
    assert "请写明撤销的原因，200 字以内。" in page
    assert codes() == ["R1", "R2"]
    page = browser.post(f"/imports/rooms/{run.pk}/undoing/", {"reason": "导错了"}, follow=True).content.decode()
    assert "已撤销：新增的 2 行里撤回了 2 行。" in page
    assert codes() == []


def test_long_files_are_done_by_a_job_with_a_count(browser, cast, small_portions):
    page = upload(browser, MANY)
    assert "检查中" in page.content.decode()
    assert 'hx-trigger="every 2s"' in page.content.decode()
    run_pending(cast.at)
    run = ImportRun.objects.get()
    page = browser.get(f"/imports/rooms/{run.pk}/").content.decode()
    assert "共 24 行：24 行可以导入，0 行有错。" in page
    browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"})
    assert codes() == []
    run_pending(cast.at)
    run.refresh_from_db()
    assert (run.state, run.created, len(codes())) == ("done", 24, 24)
    browser.post(f"/imports/rooms/{run.pk}/undoing/", {"reason": "导错了"})
    run.refresh_from_db()
    assert run.state == "undoing"
    run_pending(cast.at)
    run.refresh_from_db()
    assert (run.state, run.undone, codes()) == ("undone", 24, [])


def test_a_job_that_finds_the_file_imported_meanwhile_says_so(browser, cast, bring, small_portions):
    upload(browser, MANY)
    run_pending(cast.at)
    run = ImportRun.objects.get()
    bring(MANY, "commit")
    browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"})
    run_pending(cast.at)
    run.refresh_from_db()
    assert (run.state, run.created) == ("refused", 0)
    assert "这个文件 何示文 已于 2026-11-23 09:00 导入过。" in browser.get(f"/imports/rooms/{run.pk}/").content.decode()


def test_only_those_who_may_import_and_only_ones_own(browser, login, cast):
    upload(browser, TWO)
    run = ImportRun.objects.get()
    for address in ("", f"{run.pk}/", f"{run.pk}/errors.xlsx", "template.xlsx"):
        assert login(cast.doctor).get(f"/imports/rooms/{address}").status_code == 403
    assert login(cast.manager2).get("/imports/rooms/").status_code == 200
    for address in (f"{run.pk}/", f"{run.pk}/errors.xlsx"):
        assert login(cast.manager2).get(f"/imports/rooms/{address}").status_code == 404
    assert login(cast.manager2).post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"}).status_code == 404
    assert browser.get("/imports/nothing/").status_code == 404
    assert codes() == []


def test_the_list_of_runs_costs_the_same_for_one_and_for_many(browser, django_assert_num_queries):
    upload(browser, TWO)
    browser.get("/imports/rooms/")
    with CaptureQueriesContext(connection) as for_one:
        browser.get("/imports/rooms/")
    cost = len(for_one)  # before the next request clears the log
    for number in range(9):
        upload(browser, xlsx(HEAD, [f"R{number}", "一", "BJ"]))
    with django_assert_num_queries(cost):
        assert browser.get("/imports/rooms/").content.decode().count("诊室.xlsx") == 10


def test_every_row_has_its_result_page_by_page(browser, cast, small_portions):
    rows = [[f"M{number:03}", "厨房" if number % 40 == 0 else f"{number} 诊室", "BJ"] for number in range(120)]
    upload(browser, xlsx(HEAD, *rows))
    run_pending(cast.at)
    run = ImportRun.objects.get()
    page = browser.get(f"/imports/rooms/{run.pk}/").content.decode()
    assert page.count("厨房不能接诊。") == 3, "what is wrong comes first"
    page = browser.get(f"/imports/rooms/{run.pk}/?rows=created").content.decode()
    assert page.count(">会新增<") == 50
    browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "good"})
    run_pending(cast.at)
    seen, after = [], ""
    for _page in range(3):
        body = browser.get(f"/imports/rooms/{run.pk}/?rows=all&after={after}").content.decode()
        numbers = re.findall(r'<td class="num">(\d+)</td>', body)
        seen += [int(number) for number in numbers]
        after = numbers[-1]
    assert seen == list(range(2, 122))
    assert "到底了" in body


def test_a_page_of_results_costs_the_same_for_few_and_for_many(browser, django_assert_num_queries):
    for content in (TWO, xlsx(HEAD, *([f"Q{number}", "诊室", "BJ"] for number in range(60)))):
        upload(browser, content)
    few, many = ImportRun.objects.order_by("id")
    browser.get(f"/imports/rooms/{few.pk}/")
    with CaptureQueriesContext(connection) as for_few:
        browser.get(f"/imports/rooms/{few.pk}/")
    cost = len(for_few)
    with django_assert_num_queries(cost):
        assert browser.get(f"/imports/rooms/{many.pk}/").content.decode().count(">会新增<") == 50


@pytest.mark.django_db(transaction=True)
def test_a_killed_undo_goes_on_where_it_was(browser, bring, cast, small_portions, monkeypatch):
    run = bring(MANY, "commit")
    original, calls = undoing.undo_portion, []

    def dies(**given):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(**given)

    monkeypatch.setattr(undoing, "undo_portion", dies)
    with pytest.raises(KeyboardInterrupt):
        undoing.undo_run(run=run, reason="导错了", by=cast.manager, at=cast.at)
    run.refresh_from_db()
    assert (run.state, run.done, run.undone, len(codes())) == ("undoing", 10, 10, 14)
    undoing.go_on_undoing(run=run, by=cast.manager, at=cast.at)
    run.refresh_from_db()
    assert (run.state, run.undone, codes()) == ("undone", 24, [])
    assert AuditEntry.objects.get(code="exchange.undone").changes == {"undone": [None, 24], "left": [None, 0]}
    undoing.go_on_undoing(run=run, by=cast.manager, at=cast.at)
    assert AuditEntry.objects.filter(code="exchange.undone").count() == 1, "a job that runs twice ends it once"
