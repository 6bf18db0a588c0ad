"""A list of rooms is checked, imported, imported again, and taken back."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange import actions, running, specs
from kefu.foundation.exchange.models import ImportedRow, ImportRun
from kefu.foundation.exchange.specs import ImportSpec, Outcome
from kefu.foundation.exchange.tests.conftest import COLUMNS, HEAD, codes, take_room, xlsx
from kefu.foundation.exchange.undoing import undo_run
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import Room

TWO = xlsx(HEAD, ["R1", "一诊室", "BJ"], ["R2", "二诊室", "SH"])
MIXED = xlsx(
    ["诊室名单"],
    [*HEAD, "用途", "租金"],
    ["R1", "一诊室", "BJ", "问诊", 100],
    ["R2", "", "GZ", "仓库", "一百"],
    ["R3", "厨房", "BJ", None, None],
    ["R1", "又是一", "BJ", None, None],
    ["R4", "四诊室", "GZ", "采样", None],
    ["R5", "五诊室", "SH", "采样", 1.5],
)
FOUND = [
    {"row": 4, "column": "名称", "code": "required", "message": "必填。"},
    {"row": 4, "column": "用途", "code": "not_a_choice", "message": "只能填：问诊、采样。"},
    {"row": 4, "column": "租金", "code": "money", "message": "请填金额，例如 128.00。"},
    {"row": 5, "column": "", "code": "no_kitchen", "message": "厨房不能接诊。"},
    {"row": 6, "column": "编码", "code": "in_use", "message": "编码 R1 已经有了。"},
    {"row": 7, "column": "分中心编码", "code": "unknown", "message": "没有分中心 GZ。"},
]


def test_a_dry_run_finds_everything_and_writes_nothing(bring):
    run = bring(MIXED)
    assert run.result == {"total": 6, "good": 2, "bad": 4, "created": 0, "updated": 0, "errors": FOUND}
    assert (run.state, run.would_create, run.would_update) == ("checked", 2, 0)
    assert codes() == []
    assert not AuditEntry.objects.filter(code="tests.room_opened").exists()


def test_a_commit_with_bad_rows_writes_nothing(bring):
    run = bring(MIXED, "commit")
    assert run.result == {"total": 6, "good": 2, "bad": 4, "created": 0, "updated": 0, "errors": FOUND}
    assert run.state == "refused"
    assert codes() == []
    assert not ImportedRow.objects.filter(subject_id__isnull=False).exists()
    assert AuditEntry.objects.get(code="exchange.not_imported").changes["bad"] == [None, 4]


def test_a_good_commit_writes_all_and_says_who_brought_it(bring, cast):
    run = bring(TWO, "commit")
    assert run.result == {"total": 2, "good": 2, "bad": 0, "created": 2, "updated": 0, "errors": []}
    assert (run.state, run.done, run.finished_at) == ("done", 2, cast.at)
    assert codes() == ["R1", "R2"]
    rows = AuditEntry.objects.filter(code="tests.room_opened")
    assert {(row.by, row.via, row.request_id) for row in rows} == {(cast.manager, "import", f"import-{run.pk}")}
    assert AuditEntry.objects.get(code="exchange.imported").changes == {
        "mode": [None, "commit"], "good": [None, 2], "bad": [None, 0], "created": [None, 2], "updated": [None, 0],
    }  # fmt: skip


def test_good_rows_only_leaves_the_bad_ones(bring):
    run = bring(MIXED, "good")
    assert run.result == {"total": 6, "good": 2, "bad": 4, "created": 2, "updated": 0, "errors": FOUND}
    assert codes() == ["R1", "R5"]


def test_the_same_file_again_is_refused_whatever_its_name(bring, cast):
    first = bring(TWO, "commit")
    with pytest.raises(Refused) as refused:
        bring(TWO, "commit", name="改名.xlsx", by=cast.manager2)
    assert refused.value.code == "already_imported"
    assert str(refused.value) == "这个文件 何示文 已于 2026-11-23 09:00 导入过。"
    assert refused.value.details == {"run": first.pk}
    assert Room.objects.filter(code="R1").count() == 1


def test_the_same_file_may_update(bring):
    bring(TWO, "commit")
    Room.objects.filter(code="R1").update(zh="改过的名字")
    run = bring(TWO, "commit", update=True)
    assert run.result == {"total": 2, "good": 2, "bad": 0, "created": 0, "updated": 1, "errors": []}
    assert Room.objects.get(code="R1").zh == "一诊室"


def test_an_import_that_only_adds_cannot_update(bring, spec, cast):
    frozen = ImportSpec("once", "诊室", COLUMNS, take_room, spec.authorise, "organisation.room")
    specs.register(frozen)
    with pytest.raises(Refused) as refused:
        bring(TWO, "commit", spec=frozen, update=True)
    assert refused.value.code == "not_updatable"


def test_who_may_not_import_gets_nowhere(bring, cast):
    with pytest.raises(Forbidden):
        bring(TWO, by=cast.doctor)
    assert not ImportRun.objects.exists()


def test_an_unreadable_file_leaves_no_trace(bring):
    with pytest.raises(Invalid):
        bring(xlsx(["编码"], ["R1"]), "commit")
    assert not ImportRun.objects.exists()


def test_undo_takes_back_what_nobody_uses_yet(bring, cast):
    run = bring(xlsx(HEAD, ["R1", "一诊室", "BJ"], ["R2", "在用", "BJ"], ["R3", "三诊室", "BJ"]), "commit")
    with pytest.raises(Invalid):
        undo_run(run=run, reason=" ", by=cast.manager, at=cast.at)
    run = undo_run(run=run, reason="导错了文件", by=cast.manager, at=cast.at)
    assert (run.state, run.undone, run.undo_reason, run.undone_by) == ("undone", 2, "导错了文件", cast.manager)
    assert codes() == ["R2"]
    assert list(run.rows.order_by("row").values_list("row", "undone", "left")) == [
        (2, True, ""),
        (3, False, "诊室已经有预约。"),
        (4, True, ""),
    ]
    assert AuditEntry.objects.get(code="exchange.undone").changes == {"undone": [None, 2], "left": [None, 1]}
    with pytest.raises(Refused) as again:
        undo_run(run=run, reason="再来", by=cast.manager, at=cast.at)
    assert again.value.code == "cannot_undo"


def test_a_file_taken_back_may_be_imported_again(bring, cast):
    run = bring(TWO, "commit")
    undo_run(run=run, reason="导早了", by=cast.manager, at=cast.at)
    assert bring(TWO, "commit").created == 2


def test_a_check_of_its_own_is_used_for_the_dry_run(bring, spec):
    seen = []

    def check(row, context):
        assert not context.writing
        known = context.memory.setdefault("codes", set())
        seen.append(row.values["code"])
        if row.values["code"] in known:
            raise Invalid.one("code", "twice", "文件里有两行同样的编码。")
        known.add(row.values["code"])
        return Outcome("created")

    quick = ImportSpec("quick", "诊室", COLUMNS, take_room, spec.authorise, "organisation.room", check=check)
    specs.register(quick)
    run = bring(xlsx(HEAD, ["R1", "一", ""], ["R1", "二", ""]), spec=quick)
    assert seen == ["R1", "R1"]
    assert (run.good, run.bad, run.would_create) == (1, 1, 1)
    assert run.errors == [{"row": 3, "column": "编码", "code": "twice", "message": "文件里有两行同样的编码。"}]


def test_a_set_based_twin_answers_row_by_row(bring, spec):
    begun, ended = [], []

    def chunk(rows, context):
        return [OutOfScope() if row.values["code"] == "R2" else Outcome("created", 7) for row in rows]

    fast = ImportSpec(
        "fast", "诊室", COLUMNS, take_room, spec.authorise, "organisation.room",
        chunk=chunk, begin=lambda rows, context: begun.append(len(rows)), finish=lambda context: ended.append(context.at),
    )  # fmt: skip
    specs.register(fast)
    run = bring(xlsx(HEAD, ["R1", "一", ""], ["R2", "二", ""], ["R3", "", ""]), "good", spec=fast)
    assert (run.created, begun, ended) == (1, [2], [run.at])
    assert [(error["row"], error["code"]) for error in run.errors] == [(3, "out_of_scope"), (4, "required")]


def test_rows_the_database_refuses_do_not_spoil_the_others(bring, spec, cast):
    def careless(row, context):
        return Outcome("created", Room.objects.create(code=row.values["code"], zh="x", node=cast.bj, kind="x").pk)

    specs.register(ImportSpec("careless", "诊室", COLUMNS, careless, spec.authorise, "organisation.room"))
    run = bring(xlsx(HEAD, ["R1", "一", ""], ["R1", "二", ""], ["R2", "三", ""]), "good", spec=specs.find("careless"))
    assert codes() == ["R1", "R2"]
    assert run.errors == [{"row": 3, "column": "", "code": "conflict", "message": "和已有的数据冲突。"}]


def test_columns_the_file_lacks_are_told_apart_from_empty_cells(bring, spec):
    seen = []

    def look(row, context):
        seen.append((row.values["kind"], row.values["since"], sorted(row.given)))
        return Outcome("unchanged")

    specs.register(ImportSpec("look", "诊室", COLUMNS, look, spec.authorise, "organisation.room"))
    bring(xlsx(["编码", "名称", "用途"], ["R1", "一", None]), "good", spec=specs.find("look"))
    assert seen == [(None, None, ["code", "kind", "name"])]


MANY = xlsx(HEAD, *([f"M{number}", f"{number} 诊室", "BJ"] for number in range(24)))


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_where_it_was(bring, spec, cast, small_portions, monkeypatch):
    original, calls = actions.write_portion, []

    def dies(**given):
        calls.append(len(given["rows"]))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(**given)

    monkeypatch.setattr(actions, "write_portion", dies)
    with pytest.raises(KeyboardInterrupt):
        bring(MANY, "good")
    run = ImportRun.objects.get()
    assert (run.state, run.done, Room.objects.filter(code__startswith="M").count()) == ("writing", 10, 10)
    running.write_run(run=run, mode="good", at=cast.at)
    assert run.result == {"total": 24, "good": 24, "bad": 0, "created": 24, "updated": 0, "errors": []}
    assert (run.state, run.done, Room.objects.filter(code__startswith="M").count()) == ("done", 24, 24)
    assert calls == [10, 10, 10, 4]
    running.write_run(run=run, mode="good", at=cast.at)
    assert calls == [10, 10, 10, 4], "a job that runs twice writes once"


@pytest.mark.django_db(transaction=True)
def test_the_progress_of_a_long_commit_is_seen_from_outside(bring, spec, small_portions):
    seen = []

    def watched(row, context):
        if row.number == 22:
            thread = Thread(target=lambda: (seen.append(ImportRun.objects.get().done), connection.close()))
            thread.start()
            thread.join()
        return take_room(row, context)

    specs.register(ImportSpec("watched", "诊室", COLUMNS, watched, spec.authorise, "organisation.room"))
    run = bring(MANY, "commit", spec=specs.find("watched"))
    assert seen == [20]
    assert (run.state, run.created) == ("done", 24)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["commit", "good"])
def test_of_two_imports_of_one_file_at_once_one_is_refused(bring, mode):
    start, said = Barrier(2), []

    def go():
        try:
            start.wait()
            said.append(bring(TWO, mode).state)
        except Refused as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["already_imported", "done"]
    assert codes() == ["R1", "R2"]
    assert ImportRun.objects.filter(state="done").count() == 1
