"""A director finds that two archives are one person's, merges them, and takes it back when it was a mistake."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.story.telling import for_good

from kefu.customers.actions import create_lead, update_archive
from kefu.customers.models import Customer
from kefu.journey.tests.walking import Walk
from kefu.testing.browser import Desk
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

pytestmark = pytest.mark.django_db


def two_archives(house: Cast) -> tuple[int, int]:
    """Somebody with an archive and an order, who was registered again with the same number."""
    stays = customer_of(house, "白示夏", "10000000031")
    Walk(house, stays, house.at).to("tests_ordered")
    goes = create_lead(name="白示霞", phone="10000000031", node=house.bj, by=house.manager, at=house.at).customer
    for one, changes in ((stays, {"address": "朝阳路 1 号"}), (goes, {"address": "建国路 2 号", "caution": "！怕针"})):
        update_archive(customer=one, changes=changes, by=house.manager, at=house.at)
    return stays.pk, goes.pk


def test_from_the_list_of_pairs_to_one_archive_and_back(house: Cast, desk: Callable[..., Desk]) -> None:
    stays, goes = for_good(lambda: two_archives(house))
    window = desk(house.director, house.at + timedelta(days=1))
    window.open("/customers/")
    window.follow("可能是同一个人")
    window.sees("同一个电话", within="main tbody")
    window.follow("并排看")
    window.sees("保留白示夏的档案，白示霞的并入其中")
    window.page.get_by_role("radio", name="地址：建国路 2 号").check()
    window.fill("怎么知道是同一个人*", "身份证一样")
    window.press("合并成一份")
    window.hears("两份档案已合并。")
    window.open(f"/customers/{goes}/")
    window.sees("白示夏", within="h1")
    window.sees("怕针")
    assert Customer.objects.get(pk=stays).address == "建国路 2 号"
    window.open(f"/customers/{stays}/tabs/readers/")
    window.follow("撤销合并")
    window.sees("会回到原来那份档案的")
    window.fill("原因*", "是姐妹两人")
    window.press("撤销合并")
    window.hears("合并已撤销")
    window.open(f"/customers/{goes}/")
    window.sees("白示霞", within="h1")
    assert Customer.objects.get(pk=stays).address == "朝阳路 1 号"
