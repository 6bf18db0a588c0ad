"""Lists of staff and of institutions are brought in, checked, corrected by key, and taken back."""

import csv
import io
from datetime import date

import pytest

from kefu.administration.content import load_roles
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.running import import_file
from kefu.foundation.exchange.undoing import undo_run
from kefu.foundation.exchange.workbooks import workbook
from kefu.kernel.errors import Forbidden
from kefu.organisation.models import Grant, Role, User
from kefu.people.exchange import INSTITUTIONS, STAFF
from kefu.people.models import Doctor, Institution, StaffProfile
from kefu.people.queries import staff_on

NEW = {
    "工号": "5001",
    "姓名": "白示远",
    "机构编码": "BJ",
    "保密协议签署日期": "2026-11-20",
    "工种": "客服",
    "用工阶段": "试用期",
    "储备人员": "是",
}


def sheet(*rows: dict[str, str]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def brought(cast, spec, *rows, mode="commit", update=False, by=None) -> ImportRun:
    return import_file(
        spec=spec, content=sheet(*rows), name="名单.csv", mode=mode, update=update, by=by or cast.admin, at=cast.at
    )


@pytest.fixture
def steward(cast) -> User:
    load_roles(only=frozenset({"institution_steward"}), by=None, at=cast.at)
    role = Role.objects.get(code="institution_steward")
    Grant.objects.create(user=cast.supervisor, role=role, node=cast.hq, valid_from=date(2026, 1, 5))
    return cast.supervisor


@pytest.mark.req("ORG-015")
def test_new_colleagues_get_an_account_and_known_ones_their_facts(cast):
    known = {
        "工号": "2004",
        "姓名": "何示文",
        "到岗日期": "2024-03-01",
        "班组": "早班一组",
        "技能等级": "骨干",
        "从哪天起": "2026-11-01",
    }
    doctor = {"工号": "2002", "姓名": "何示宁", "专长": "代谢", "介绍": "从业二十年"}
    assert brought(cast, STAFF, NEW, known, doctor, mode="dry", update=True).would_create == 1
    assert not User.objects.filter(job_number="5001").exists()

    run = brought(cast, STAFF, NEW, known, doctor, update=True)

    assert (run.result["created"], run.result["updated"], run.result["bad"]) == (1, 2, 0)
    made = User.objects.get(job_number="5001")
    assert (made.username, made.node, made.must_change_password) == ("5001", cast.bj, True)
    found = staff_on([made, cast.manager], cast.at.date())
    assert (found[made.pk].job_type, found[made.pk].stage, found[made.pk].reserve) == ("客服", "probation", True)
    assert (found[cast.manager.pk].shift_group, found[cast.manager.pk].skill) == ("早班一组", "key")
    assert staff_on([cast.manager], date(2026, 10, 31))[cast.manager.pk].shift_group == ""
    assert StaffProfile.objects.get(user=cast.manager).started_on == date(2024, 3, 1)
    assert Doctor.objects.get(user=cast.doctor).introduction == "从业二十年"

    undo_run(run=run, reason="表格拿错了", by=cast.admin, at=cast.at)
    made.refresh_from_db()
    assert not made.is_active


def test_what_is_wrong_with_a_row_is_said_in_its_cell(cast):
    run = brought(
        cast, STAFF, NEW | {"保密协议签署日期": ""}, NEW | {"工号": "5002", "机构编码": "NOWHERE"}, NEW | {"工号": "5003", "用工阶段": "老板"},
        {"工号": "2004", "姓名": "别人"}, NEW | {"工号": "5004", "机构编码": ""}, mode="dry", update=True,
    )  # fmt: skip
    assert [(error["row"], error["column"]) for error in run.result["errors"]] == [
        (2, "保密协议签署日期"), (3, "机构编码"), (4, "用工阶段"), (5, "姓名"), (6, "机构编码"),
    ]  # fmt: skip
    assert workbook(run)[:2] == b"PK"
    assert brought(cast, STAFF, {"工号": "2004", "姓名": "何示文"}, mode="dry").result["errors"][0]["code"] == "exists"


def test_only_who_keeps_a_register_imports_it(cast):
    with pytest.raises(Forbidden):
        brought(cast, STAFF, NEW, by=cast.director)
    with pytest.raises(Forbidden):
        brought(cast, INSTITUTIONS, {"编号": "KD-9", "名称": "演示快递"}, by=cast.admin)


@pytest.mark.req("ORG-012")
@pytest.mark.req("ORG-008")
def test_partners_and_suppliers_are_brought_in_by_their_number(cast, steward):
    courier = {
        "编号": "kd-01",
        "名称": "演示快递一",
        "类别": "企业单位",
        "角色": "快递公司",
        "归口机构编码": "HQ",
        "联系人": "演示联系人",
    }
    maker = {
        "编号": "SC-01",
        "名称": "演示厂家甲",
        "类别": "企业单位",
        "角色": "生产厂家",
        "归口机构编码": "HQ",
        "联系人": "",
    }
    assert brought(cast, INSTITUTIONS, courier, maker, by=steward).result["created"] == 2
    wrong = brought(cast, INSTITUTIONS, courier | {"编号": "KD-02", "类别": ""}, courier, mode="dry", by=steward)
    assert [(error["row"], error["column"]) for error in wrong.result["errors"]] == [(2, "类别"), (3, "编号")]

    changed = {"编号": "KD-01", "名称": "演示快递一", "角色": "班车与物流", "电话": "010-66778899"}
    run = brought(cast, INSTITUTIONS, changed, update=True, by=steward)
    assert run.result["updated"] == 1
    made = Institution.objects.get(code="KD-01")
    assert (made.phone, made.person_in_charge) == ("01066778899", "演示联系人")
    assert [role.part for role in made.roles.all()] == ["carrier", "courier"]


def test_lists_are_brought_in_on_screen(cast, login, steward):
    assert "/imports/staff/" in login(cast.admin).get("/staff/").content.decode()
    assert login(cast.admin).get("/imports/staff/").status_code == 200
    assert "/imports/staff/" not in login(cast.director).get("/staff/").content.decode()
    assert "/imports/institutions/" in login(steward).get("/institutions/").content.decode()
    assert login(steward).get("/imports/institutions/template.xlsx").status_code == 200
