"""A file with titles of its own: the person says which column is which, keeps it, and finds it again."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange import mappings, running
from kefu.foundation.exchange.models import ImportRun, SavedMapping
from kefu.foundation.exchange.tests.conftest import HEAD, codes, xlsx
from kefu.foundation.exchange.tests.test_import import TWO
from kefu.kernel.errors import Invalid, OutOfScope, Refused

ODD = "旧系统导出,,,,\n流水,房间标识,房间叫什么,归哪里,名称\n1,R1,一诊室,BJ,别名一\n2,R2,二诊室,SH,别名二\n3,,三诊室,BJ,\n"
CHOSEN = {"row": "2", "column-0": "", "column-1": "code", "column-2": "name", "column-3": "node", "column-4": ""}


@pytest.fixture
def browser(spec, login, cast):
    return login(cast.manager)


def upload(browser, content=None, name="旧名单.csv"):
    content = ODD.encode("gb18030") if content is None else content
    return browser.post("/imports/rooms/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def kept(browser, **more):
    """The odd file brought and its columns kept under a name."""
    upload(browser)
    run = ImportRun.objects.latest("id")
    page = browser.post(
        f"/imports/rooms/{run.pk}/columns/", CHOSEN | {"keep": "on", "name": "旧系统"} | more, follow=True
    )
    return ImportRun.objects.get(pk=run.pk), page.content.decode()


def test_titles_nobody_knows_lead_to_the_step_with_samples_and_what_is_alike_chosen(browser):
    page = upload(browser)
    run = ImportRun.objects.get()
    assert page.redirect_chain[-1][0] == f"/imports/rooms/{run.pk}/columns/"
    body = page.content.decode()
    for words in (
        "哪一列是什么",
        "房间标识",
        "<div>R1</div><div>R2</div>",
        "<div>一诊室</div><div>二诊室</div><div>三诊室</div>",
    ):
        assert words in body
    assert '<option value="2" selected>2</option>' in body, "the header is the second row"
    assert '<option value="name" selected>名称 *</option>' in body.split("E 列 名称 是什么")[1]
    assert (run.state, run.total) == ("open", 0)
    assert browser.get(f"/imports/rooms/{run.pk}/").url == f"/imports/rooms/{run.pk}/columns/"


def test_the_columns_are_assigned_checked_and_imported(browser, cast):
    run, page = kept(browser)
    assert "共 3 行：2 行可以导入，1 行有错。" in page
    assert "<b>编码</b>：必填。" in page
    assert run.mapping == {"流水": "", "房间标识": "code", "房间叫什么": "name", "归哪里": "node", "名称": ""}
    assert (
        AuditEntry.objects.get(code="exchange.assigned").changes["columns"][1]
        == "编码=房间标识、名称=房间叫什么、分中心编码=归哪里"
    )
    errors = load_workbook(io.BytesIO(browser.get(f"/imports/rooms/{run.pk}/errors.xlsx").content)).worksheets[0]
    assert [cell.value for cell in errors[1]] == ["流水", "编码", "名称", "分中心编码", "名称", "原因"]
    browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "good"})
    assert codes() == ["R1", "R2"]
    again = browser.post(f"/imports/rooms/{run.pk}/columns/", CHOSEN)
    assert again.url == f"/imports/rooms/{run.pk}/", "what is written is not assigned anew"


def test_a_column_chosen_twice_and_a_required_one_missing_are_named_and_the_choice_stays(browser):
    upload(browser)
    run = ImportRun.objects.get()
    answer = browser.post(f"/imports/rooms/{run.pk}/columns/", CHOSEN | {"column-1": "name"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "“名称”只能选一列。还没有说哪一列是“编码”。" in body
    assert body.count('<option value="name" selected>') == 2
    run.refresh_from_db()
    assert (run.state, run.mapping) == ("open", {})


def test_without_a_name_nothing_is_kept_and_the_page_says_so(browser):
    upload(browser)
    run = ImportRun.objects.get()
    answer = browser.post(f"/imports/rooms/{run.pk}/columns/", CHOSEN | {"keep": "on", "name": " "})
    assert (answer.status_code, "请给这个对应起个名字" in answer.content.decode()) == (422, True)
    assert not SavedMapping.objects.exists()


def test_another_row_can_be_the_header(browser):
    upload(browser)
    run = ImportRun.objects.get()
    body = browser.get(f"/imports/rooms/{run.pk}/columns/?row=3").content.decode()
    assert "<div>二诊室</div>" in body and "<div>一诊室</div>" not in body
    assert "一诊室" in body, "the third row is read as titles"


def test_a_kept_mapping_is_proposed_for_the_same_titles_in_any_order(browser, cast):
    kept(browser)
    content = "房间叫什么,房间标识,流水,名称,归哪里\n九诊室,R9,1,,BJ\n"
    page = upload(browser, content.encode(), "下个月.csv").content.decode()
    assert "已按保存的“旧系统”对应好，请核对。" in page
    run = ImportRun.objects.latest("id")
    chosen = {"row": "1", "column-0": "name", "column-1": "code", "column-2": "", "column-3": "", "column-4": "node"}
    browser.post(f"/imports/rooms/{run.pk}/columns/", chosen)
    browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"})
    assert codes() == ["R9"]


def test_a_mapping_is_ones_own_until_it_is_shared(browser, spec, login, cast):
    _run, _page = kept(browser)
    other = login(cast.manager2)
    assert "旧系统" not in other.get("/imports/rooms/").content.decode()
    with pytest.raises(OutOfScope):
        mappings.named(spec, "旧系统", cast.manager2)
    browser.post(
        f"/imports/rooms/{ImportRun.objects.latest('id').pk}/columns/",
        CHOSEN | {"keep": "on", "name": "旧系统", "shared": "on"},
    )
    saved = SavedMapping.objects.get()
    assert saved.shared, "the same name again replaces it"
    assert "旧系统" in other.get("/imports/rooms/").content.decode()
    assert mappings.named(spec, "旧系统", cast.manager2) == saved
    for verb in ("name", "removal"):
        assert other.post(f"/imports/rooms/mappings/{saved.pk}/{verb}/", {"name": "我的了"}).status_code == 404
    assert login(cast.doctor).post(f"/imports/rooms/mappings/{saved.pk}/removal/").status_code == 403


def test_a_mapping_is_renamed_and_removed_and_what_it_imported_stays(browser, spec, cast):
    run, _page = kept(browser)
    saved = SavedMapping.objects.get()
    mappings.save_mapping(spec=spec, name="别的", columns={"甲": "code"}, shared=False, by=cast.manager, at=cast.at)
    with pytest.raises(Invalid):
        mappings.rename_mapping(mapping=saved, name="别的", by=cast.manager, at=cast.at)
    browser.post(f"/imports/rooms/mappings/{saved.pk}/name/", {"name": "旧系统 2025"})
    assert "旧系统 2025" in browser.get("/imports/rooms/").content.decode()
    browser.post(f"/imports/rooms/mappings/{saved.pk}/removal/")
    assert not SavedMapping.objects.filter(pk=saved.pk).exists()
    assert ImportRun.objects.get(pk=run.pk).mapping == run.mapping
    told = AuditEntry.objects.filter(code__startswith="exchange.mapping.").order_by("id").values_list("code", flat=True)
    assert list(told)[-2:] == ["exchange.mapping.renamed", "exchange.mapping.removed"]


def test_two_columns_of_one_title_can_be_told_apart(browser):
    upload(browser, "编码,名称,名称\nR1,旧名,新名\n".encode())
    run = ImportRun.objects.get()
    assert run.total == 0, "which of the two is the name?"
    browser.post(
        f"/imports/rooms/{run.pk}/columns/", {"row": "1", "column-0": "code", "column-1": "", "column-2": "name"}
    )
    browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"})
    run.refresh_from_db()
    from kefu.organisation.models import Room

    assert Room.objects.get(code="R1").zh == "新名"


def test_known_titles_need_no_step_but_may_be_assigned_differently(browser):
    page = upload(browser, xlsx([*HEAD, "说明"], ["R1", "一诊室", "BJ", "好的那间"]), "a.xlsx").content.decode()
    run = ImportRun.objects.get()
    assert "这些列不认识，没有读：说明" in page and f"/imports/rooms/{run.pk}/columns/" in page
    assert browser.get(f"/imports/rooms/{run.pk}/columns/").status_code == 200
    browser.post(
        f"/imports/rooms/{run.pk}/columns/",
        {"row": "1", "column-0": "code", "column-1": "", "column-2": "node", "column-3": "name"},
    )
    browser.post(f"/imports/rooms/{run.pk}/writing/", {"mode": "commit"})
    from kefu.organisation.models import Room

    assert Room.objects.get(code="R1").zh == "好的那间"


def test_the_command_line_uses_a_mapping_by_name(bring, spec, cast):
    columns = {"流水": "", "房间标识": "code", "房间叫什么": "name", "归哪里": "node", "名称": ""}
    mappings.save_mapping(spec=spec, name="旧系统", columns=columns, shared=True, by=cast.manager2, at=cast.at)
    with pytest.raises(Invalid):
        bring(ODD.encode())
    run = bring(ODD.encode(), "good", mapping=mappings.named(spec, "旧系统", cast.manager).columns)
    assert (run.created, codes()) == (2, ["R1", "R2"])


def test_a_written_run_is_not_checked_again_by_a_job_that_comes_twice(bring, cast):
    from kefu.foundation.exchange.jobs import run_import

    run = bring(TWO, "commit")
    run_import(at=cast.at, run_id=run.pk, step="dry")
    run.refresh_from_db()
    assert (run.state, run.rows.filter(subject_id__isnull=False).count()) == ("done", 2)
    with pytest.raises(Refused):
        from kefu.foundation.exchange.actions import assign_columns

        assign_columns(run=run, mapping={"编码": "code", "名称": "name"}, by=cast.manager, at=cast.at)
    assert running.write_run(run=run, mode="commit", at=cast.at).created == 2
