"""An old customer list is brought in: 500 rows, three of them wrong."""

import argparse
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from kefu.customers.commands import add_arguments, import_customers
from kefu.customers.exchange import CUSTOMERS
from kefu.customers.models import Customer, TimelineLine
from kefu.customers.tests.factories import archive, lead, source
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.running import import_file
from kefu.foundation.exchange.undoing import undo_run
from kefu.kernel.errors import Forbidden
from kefu.organisation.models import Node

HEADER = [
    "姓名",
    "性别",
    "年龄",
    "出生日期",
    "电话",
    "邮箱",
    "会员卡号",
    "医生工号",
    "健康管理师工号",
    "分中心编码",
    "客户来源",
    "备注",
]


def rows(count=500):
    people = [
        [
            f"客户{number:03}",
            "女" if number % 2 else "男",
            str(20 + number % 60),
            "",
            f"138{number:08}",
            "",
            "",
            "2002",
            "2004",
            "BJ",
            "到店",
            "老名单",
        ]
        for number in range(count)
    ]
    if count <= 30:
        return people
    people[10][4] = "1381234"  # seven digits
    people[20][7] = "9999"  # nobody has this job number
    people[30][2] = ""  # neither age nor birth date
    return people


def gb18030(people) -> bytes:
    lines = [",".join(HEADER), *(",".join(row) for row in people)]
    return "\r\n".join(lines).encode("gb18030")


def listed(people) -> bytes:
    """What an office program saves of that workbook as CSV: the merged title leaves empty cells behind."""
    return f"北京朝阳中心客户名单{',' * (len(HEADER) - 1)}\r\n".encode("gb18030") + gb18030(people)


def merged(people) -> bytes:
    """A workbook as offices make them: a title over all columns, then the header."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["北京朝阳中心客户名单"])
    sheet.merge_cells("A1:L1")
    sheet.append(HEADER)
    for row in people:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def kefu(cast, path, *options):
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    add_arguments(parser)
    args = parser.parse_args([str(path), "--json", *options])
    args.at = cast.at
    return import_customers(args)


@pytest.mark.req("CUS-001")
@pytest.mark.parametrize(
    ("make", "count"), [pytest.param(gb18030, 500, marks=pytest.mark.soak), (gb18030, 40), (listed, 40), (merged, 40)]
)
def test_a_dry_run_names_the_three_bad_rows_and_writes_nothing(cast, tmp_path, capsys, make, count):
    source()
    file, errors = tmp_path / "名单.dat", tmp_path / "errors.xlsx"
    file.write_bytes(make(rows(count)))
    assert kefu(cast, file, "--errors", str(errors)) == 1
    result = json.loads(capsys.readouterr().out)
    first = 2 if make is gb18030 else 3  # row numbers are those of the spreadsheet
    assert {key: result[key] for key in ("total", "good", "bad", "created", "updated")} == {
        "total": count, "good": count - 3, "bad": 3, "created": 0, "updated": 0,
    }  # fmt: skip
    assert [(error["row"], error["column"], error["code"]) for error in result["errors"]] == [
        (first + 10, "电话", "phone_too_short"), (first + 20, "医生工号", "unknown"), (first + 30, "年龄", "required"),
    ]  # fmt: skip
    assert result["errors"][0]["message"] == "手机号要 11 位，现在 7 位。"
    assert not Customer.objects.exists()
    assert openpyxl.load_workbook(errors).active.max_row >= 4


def test_commit_writes_nothing_while_a_row_is_bad_and_good_rows_writes_the_rest(cast, tmp_path, capsys):
    source()
    people = rows(40)
    file = tmp_path / "名单.csv"
    file.write_bytes(gb18030(people))
    assert kefu(cast, file, "--commit") == 1
    assert not Customer.objects.exists()
    assert kefu(cast, file, "--good-rows") == 1
    capsys.readouterr()
    assert Customer.objects.filter(stage="active", health_manager=cast.manager).count() == 37
    person = Customer.objects.get(name="客户001")
    assert (person.sex, person.age_stated, person.node, person.source.code, person.created_by) == (
        "female",
        21,
        cast.bj,
        "walk_in",
        cast.admin,
    )


def test_a_list_without_fault_goes_in_with_exit_code_0(cast, tmp_path, capsys):
    source()
    file, errors = tmp_path / "名单.csv", tmp_path / "errors.xlsx"
    file.write_bytes(listed(rows(3)))
    assert kefu(cast, file, "--errors", str(errors)) == 0
    assert json.loads(capsys.readouterr().out) == {
        "total": 3, "good": 3, "bad": 0, "created": 0, "updated": 0, "errors": [],
    }  # fmt: skip
    assert not Customer.objects.exists() and not errors.exists()
    assert kefu(cast, file, "--commit") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["created"], Customer.objects.filter(stage="active").count()) == (3, 3)


def test_rows_without_owners_become_leads_and_without_remarks_wait_for_them(cast, tmp_path, capsys):
    source()
    file = tmp_path / "名单.csv"
    people = [
        ["沈知夏", "", "", "", "13812346021", "", "", "", "", "BJ", "", ""],
        ["陶映川", "男", "48", "", "13812346022", "", "", "2002", "2004", "BJ", "到店", ""],
        ["程望舒", "女", "", "1969-02-27", "13812346023", "a@b.cn", "8800 1264", "2003", "2005", "北京朝阳中心", "walk_in", "无"],
    ]  # fmt: skip
    file.write_bytes(gb18030(people))
    assert kefu(cast, file, "--commit", "--user", "manager") == 0
    assert json.loads(capsys.readouterr().out)["created"] == 3
    stages = {one.name: (one.stage, one.health_manager) for one in Customer.objects.all()}
    assert stages == {"沈知夏": ("lead", None), "陶映川": ("lead", cast.manager), "程望舒": ("active", cast.manager2)}


def test_somebody_known_is_not_registered_twice_but_can_be_updated(cast, tmp_path, capsys):
    customer = archive(cast, "沈知夏", "13812346021")
    file = tmp_path / "名单.csv"
    file.write_bytes(
        gb18030(
            [["沈知夏", "", "", "1985-06-12", "13812346021", "", "8800 1264", "2002", "2004", "BJ", "到店", "老客户"]]
        )
    )
    assert kefu(cast, file, "--commit") == 1
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "exists"
    assert kefu(cast, file, "--commit", "--update") == 0
    assert json.loads(capsys.readouterr().out)["updated"] == 1
    customer.refresh_from_db()
    assert (customer.card_number, customer.remarks, str(customer.birth_date)) == ("8800 1264", "老客户", "1985-06-12")


def test_two_rows_with_one_number_cannot_both_be_customers(cast, tmp_path, capsys):
    source()
    file = tmp_path / "名单.csv"
    people = rows(3)
    people[1][4] = people[0][4]
    file.write_bytes(gb18030(people))
    assert kefu(cast, file) == 1
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["row"], error["code"]) == (3, "phone_taken")


def test_usage_errors_have_their_own_exit_code(cast, tmp_path, capsys):
    assert kefu(cast, tmp_path / "nothing.csv") == 2
    file = tmp_path / "名单.csv"
    file.write_bytes(gb18030(rows(1)))
    assert kefu(cast, file, "--user", "nobody") == 2
    assert kefu(cast, file, "--user", "doctor") == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["error"]["code"] == "no_right"


def test_an_import_is_taken_back_by_closing_what_it_made(cast):
    source()
    run = import_file(
        spec=CUSTOMERS, content=gb18030(rows(2)), name="名单.csv", mode="commit", by=cast.admin, at=cast.at
    )
    undo_run(run=ImportRun.objects.get(pk=run.pk), reason="导错了文件", by=cast.admin, at=cast.at)
    assert set(Customer.objects.values_list("stage", "closed_reason")) == {("closed", "导错了文件")}


def test_who_registers_nobody_imports_nobody(cast):
    with pytest.raises(Forbidden):
        import_file(spec=CUSTOMERS, content=gb18030(rows(1)), name="名单.csv", by=cast.keeper, at=cast.at)


@pytest.mark.req("CUS-003")
def test_people_from_an_old_list_stand_where_their_day_puts_them(cast, login):
    lead(cast, "白示安", "10000000031", at=cast.at - timedelta(days=10))
    header = ["姓名", "电话", "分中心编码", "建档日期"]
    people = [
        ["白示春", "10000000041", "BJ", "2019/3/5"],
        ["白示夏", "10000000042", "BJ", "2026-11-20"],
        ["白示秋", "10000000043", "BJ", ""],
    ]
    content = "\n".join(",".join(row) for row in [header, *people]).encode("gb18030")
    assert (
        import_file(
            spec=CUSTOMERS, content=content, name="旧系统.csv", mode="commit", by=cast.manager, at=cast.at
        ).created
        == 3
    )
    old = Customer.objects.get(name="白示春")
    assert timezone.localtime(old.created_at).isoformat() == "2019-03-05T00:00:00+08:00"
    assert TimelineLine.objects.get(customer=old).at == old.created_at
    assert AuditEntry.objects.get(code="customers.lead.created", customer_id=old.pk).at == cast.at, (
        "the trail keeps when it was entered"
    )
    page = login(cast.manager).get("/customers/").content.decode()
    assert sorted(("白示秋", "白示夏", "白示安", "白示春"), key=page.index) == ["白示秋", "白示夏", "白示安", "白示春"]


def test_a_day_to_come_or_before_the_birth_is_no_day_of_registration(cast):
    header = ["姓名", "电话", "出生日期", "建档日期"]
    people = [
        ["白示春", "10000000041", "", "2026-11-24"],
        ["白示夏", "10000000042", "1990-01-01", "1989-12-31"],
        ["白示秋", "10000000043", "", "1900-01-01"],
    ]
    content = "\n".join(",".join(row) for row in [header, *people]).encode()
    run = import_file(spec=CUSTOMERS, content=content, name="旧系统.csv", by=cast.manager, at=cast.at)
    assert [(error["column"], error["code"]) for error in run.errors] == [
        ("建档日期", "future"),
        ("建档日期", "too_early"),
        ("建档日期", "too_early"),
    ]


def test_a_name_that_two_centres_bear_names_neither(cast):
    Node.objects.create(code="BJ2", zh=cast.bj.zh, en="Second", kind="centre", parent=cast.hq)
    content = f"姓名,电话,分中心\n白示春,10000000041,{cast.bj.zh}\n白示夏,10000000042,bj\n".encode()
    run = import_file(spec=CUSTOMERS, content=content, name="名单.csv", mode="good", by=cast.admin, at=cast.at)
    [error] = run.errors
    assert (error["row"], error["column"], error["code"]) == (2, "分中心编码", "ambiguous")
    assert error["message"] == "叫“北京朝阳中心”的机构不止一个，请改填编码：BJ、BJ2。"
    assert Customer.objects.get().node == cast.bj
