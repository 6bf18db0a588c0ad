"""Five hundred customers of the city go to their district, and all come back because the list was wrong."""

from datetime import date

import pytest
from playwright.sync_api import expect
from tests.story.telling import Story, for_good, on

from kefu.customers.indexing import index
from kefu.customers.models import Customer, Source
from kefu.foundation.jobs.testing import run_pending
from kefu.organisation.models import Grant, Role, User
from kefu.testing.cast import Cast

pytestmark = pytest.mark.django_db
MANY = 220


def directors(cast: Cast) -> tuple[User, User]:
    """The director above both centres, and the one of the district."""
    made, role = [], Role.objects.get(code="centre_director")
    for username, number, name, node in (("head", "1003", "林示和", cast.hq), ("district", "3001", "宋示安", cast.sh)):
        user = User.objects.create(
            username=username,
            job_number=number,
            name=name,
            node=node,
            undertaking_signed_on=date(2026, 1, 5),
            password=cast.admin.password,
        )
        Grant.objects.create(user=user, role=role, node=node, valid_from=date(2026, 1, 5))
        made.append(user)
    return made[0], made[1]


def settle(cast: Cast) -> None:
    """Customers with an archive at the city's centre."""
    source, people = Source.objects.get(code="walk_in"), []
    for number in range(MANY):
        one = Customer(
            name=f"白示{number:03}", stage="active", node=cast.bj, doctor=cast.doctor, health_manager=cast.manager, source=source,
            age_stated=40, age_stated_on=cast.at.date(), remarks="属地客户", archive_number=f"T{number:05}", archive_opened_at=cast.at,
            created_by=cast.manager, created_at=cast.at,
        )  # fmt: skip
        index(one, [])
        people.append(one)
    Customer.objects.bulk_create(people)


@pytest.mark.req("ORG-013", part="bulk move")
def test_a_whole_district_of_customers_moves_to_their_district_and_back(story: Story) -> None:
    cast, monday, tuesday = story.cast, on(11, 23, 10), on(11, 24, 10)
    head, new = for_good(lambda: directors(cast))
    for_good(lambda: settle(cast))
    last = f"白示{MANY - 1}"

    window = story.at(head, monday)
    window.open("/territory-moves/")
    window.follow("新的划转")
    for label, place in (("原机构*", "北京朝阳中心"), ("新机构*", "上海徐汇中心")):
        with window.page.expect_response(lambda answer: "/territory-moves/new/" in answer.url):
            window.choose(label, place)
    window.choose("接手的健康管理师", "宋示和 3003")
    window.choose("接手的功能医生", "宋示宁 3002")
    window.choose("阶段", "已建档")
    window.fill("划转的原因*", "服务下沉到区县")
    window.press("列出名单")
    window.sees(f"{MANY} 位，其中已建档 {MANY} 位")
    window.press("确认划转")
    window.hears("已确认。")
    for_good(lambda: run_pending(monday))
    window.page.reload()
    window.sees("已划转", within=".kf-tools")
    expect(window.page.get_by_role("group", name="结果")).to_contain_text(f"已划转{MANY}")

    def lists(user: User, there: bool) -> None:
        desk = story.at(user, monday)
        desk.open(f"/customers/?q={last}")
        expect(desk.page.get_by_role("link", name=last)).to_have_count(1 if there else 0)

    lists(cast.director, there=False)
    lists(new, there=True)

    window = story.at(head, tuesday)
    window.open("/territory-moves/")
    window.follow("北京朝阳中心 → 上海徐汇中心")
    window.fill("原因*", "名单弄错了")
    window.press("撤销划转")
    window.hears("开始撤销。")
    for_good(lambda: run_pending(tuesday))
    window.page.reload()
    window.sees("已撤销", within=".kf-tools")
    expect(window.page.get_by_role("group", name="结果")).to_contain_text(f"已撤回{MANY}")
    lists(cast.director, there=True)
    lists(new, there=False)
    owners = Customer.objects.filter(archive_number__startswith="T").values_list("node", "doctor", "health_manager")
    assert set(owners) == {(cast.bj.pk, cast.doctor.pk, cast.manager.pk)}
