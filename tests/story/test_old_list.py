"""A health manager brings in the list of an old system whose columns are called differently, mends what is wrong, and takes it back."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import FilePayload, expect

from kefu.customers.models import Customer
from kefu.foundation.exchange.models import ImportRun, SavedMapping
from kefu.testing.browser import Desk
from kefu.testing.cast import Cast

pytestmark = pytest.mark.django_db
TITLES = "流水号,会员称呼,联系号码,男女,首次到店那天\n"
PEOPLE = "1,白示春,10000000041,女,2019/3/5\n2,白示夏,100000,男,2020年1月2日\n3,白示秋,10000000043,女,2021.6.30\n"


def bring(window: Desk, name: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    window.open("/customers/")
    window.follow("导入")
    window.page.get_by_label("文件", exact=True).set_input_files(files=[file])
    window.press("上传并检查")


def assign(window: Desk) -> None:
    for column, meaning in (
        ("B 列 会员称呼", "姓名 *"),
        ("C 列 联系号码", "电话 *"),
        ("D 列 男女", "性别"),
        ("E 列 首次到店那天", "建档日期"),
    ):
        window.choose(f"{column} 是什么", meaning)


def fetched(window: Desk, tmp_path: Path) -> bytes:
    with window.page.expect_download() as download:
        window.follow("下载要改的行")
    target = tmp_path / "errors.xlsx"
    download.value.save_as(target)
    return target.read_bytes()


def mended(content: bytes) -> bytes:
    book = load_workbook(BytesIO(content))
    page = book.worksheets[0]
    titles = [cell.value for cell in page[1]]
    assert "手机号要 11 位" in page.cell(2, titles.index("原因") + 1).value
    page.cell(2, titles.index("电话") + 1).value = "10000000042"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.req("CUS-003")
def test_an_old_list_comes_in_is_mended_and_taken_back(house: Cast, desk: Callable[..., Desk], tmp_path: Path) -> None:
    window = desk(house.manager, house.at)
    bring(window, "旧系统名单.csv", (TITLES + PEOPLE).encode("gb18030"))
    window.sees("哪一列是什么", within="h1")
    window.sees("10000000043")
    window.press("按这样检查")
    window.sees("还没有说哪一列是“姓名”。还没有说哪一列是“电话”。", within="main [role=alert]")
    assign(window)
    window.page.get_by_label("保存这个对应，下次同样列名的文件自动用").check()
    window.fill("对应的名称", "旧系统")
    window.press("按这样检查")
    window.sees("共 3 行：2 行可以导入，1 行有错。")
    window.sees("电话：手机号要 11 位，现在 6 位。", within="#import-rows")
    assert not Customer.objects.filter(name__startswith="白示").exists()
    wrong = fetched(window, tmp_path)
    window.press("只导入正确的 2 行")
    window.sees("已导入：新增 2 行，更新 0 行，1 行有错没有导入。")
    bring(window, "改好.xlsx", mended(wrong))
    window.sees("共 1 行：1 行可以导入，0 行有错。")
    window.press("导入全部 1 行")
    window.sees("已导入：新增 1 行")
    window.page.get_by_role("link", name="新增", exact=True).last.click()
    window.sees("白示夏", within="h1")
    window.open("/customers/")
    listed = window.page.locator("main tbody").first.inner_text()
    assert sorted(("白示夏", "白示春", "白示秋"), key=listed.index) == ["白示秋", "白示夏", "白示春"], (
        "by the day of the old list"
    )
    bring(window, "下个月.csv", (TITLES + "1,白示冬,10000000044,男,2022-02-02\n").encode("gb18030"))
    window.sees("已按保存的“旧系统”对应好，请核对。")
    expect(window.page.get_by_role("combobox", name="C 列 联系号码 是什么")).to_have_value("phone")
    first = ImportRun.objects.order_by("id").first()
    assert first is not None and SavedMapping.objects.get().name == "旧系统"
    window.open(f"/imports/customers/{first.pk}/")
    window.page.get_by_text("撤销导入…").click()
    window.fill("撤销的原因*", "导错了文件")
    window.press("撤销导入")
    window.sees("已撤销：新增的 2 行里撤回了 2 行。")
    assert set(Customer.objects.filter(name__in=["白示春", "白示秋"]).values_list("stage", flat=True)) == {"closed"}
