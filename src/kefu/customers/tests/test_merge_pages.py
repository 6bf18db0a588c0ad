"""From "may be the same person" to one archive and back, on the screen."""

import pytest

from kefu.customers import actions
from kefu.customers.models import Customer, LikePair, Merge
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.audit.models import AuditEntry


@pytest.fixture
def two(cast):
    stays = archive(cast, "沈知夏", "10000000031", remarks="喜欢安静")
    goes = lead(cast, "沈知霞", "10000000031", address="建国路 2 号", sex="male")
    return stays, goes


def pair_url(stays, goes) -> str:
    return f"/customers/{stays.pk}/merging/{goes.pk}/"


def given(stays, goes, **more) -> dict:
    stays, goes = (Customer.objects.get(pk=one.pk) for one in (stays, goes))
    return {"version": stays.version, "merged_version": goes.version, "reason": "身份证一样", **more}


def test_from_the_list_to_one_archive_and_back(cast, login, two):
    stays, goes = two
    director = login(cast.director)
    listed = director.get("/customers/pairs/").text
    assert "沈知夏" in listed and "沈知霞" in listed and "同一个电话" in listed
    assert pair_url(stays, goes) in listed
    side = director.get(pair_url(stays, goes)).text
    assert "建国路 2 号" in side and "喜欢安静" in side and "会移过来的" in side
    done = director.post(pair_url(stays, goes), given(stays, goes, **{"side-sex": "merged"}), follow=True)
    made = Merge.objects.get()
    assert done.redirect_chain == [(f"/customers/merges/{made.pk}/", 302)]
    assert "两份档案已合并。" in done.text and "身份证一样" in done.text
    now = Customer.objects.get(pk=stays.pk)
    assert (now.address, now.sex) == ("建国路 2 号", "male")
    assert "没有要核对的" in director.get("/customers/pairs/").text
    assert f"/customers/merges/{made.pk}/undoing/" in director.get(f"/customers/{stays.pk}/tabs/readers/").text
    asked = director.get(f"/customers/merges/{made.pk}/undoing/").text
    assert "会回到原来那份档案的" in asked and "联系方式" in asked
    assert director.post(f"/customers/merges/{made.pk}/undoing/", {"reason": ""}).status_code == 422
    undone = director.post(f"/customers/merges/{made.pk}/undoing/", {"reason": "是姐妹"}, follow=True)
    assert "合并已撤销" in undone.text and "是姐妹" in undone.text
    now = Customer.objects.get(pk=stays.pk)
    assert (now.address, now.sex) == ("", "female")
    assert "沈知霞" in director.get(f"/customers/{goes.pk}/").text


def test_the_page_of_the_merged_one_leads_to_the_one_that_stays(cast, login, two):
    stays, goes = two
    login(cast.director).post(pair_url(stays, goes), given(stays, goes))
    manager = login(cast.manager)
    for tab in ("", "tabs/readers/"):
        answer = login(cast.director).get(f"/customers/{goes.pk}/{tab}")
        assert (answer.status_code, answer["Location"]) == (302, f"/customers/{stays.pk}/{tab}")
    opened = manager.get(f"/customers/{goes.pk}/", follow=True)
    assert "您打开的档案已并入这位客户。" in opened.text and "沈知夏" in opened.text
    assert login(cast.sh_manager).get(f"/customers/{goes.pk}/").status_code == 404
    assert f'href="/customers/{goes.pk}/"' not in manager.get("/customers/").text


def test_what_is_missing_or_has_changed_is_said_and_what_was_picked_stays(cast, login, two):
    stays, goes = two
    director = login(cast.director)
    data = given(stays, goes, **{"side-sex": "merged"})
    empty = director.post(pair_url(stays, goes), data | {"reason": " "})
    assert empty.status_code == 422 and "请写明合并的原因。" in empty.text
    assert (
        'name="side-sex" value="merged"' in empty.text.replace(' aria-label="性别：男" checked', "")
        and "checked" in empty.text
    )
    actions.update_archive(customer=goes, changes={"address": "建国路 3 号"}, by=cast.manager, at=cast.at)
    changed = director.post(pair_url(stays, goes), data)
    assert changed.status_code == 409 and "请再看一遍" in changed.text and "建国路 3 号" in changed.text
    assert not Merge.objects.exists()


def test_health_data_only_for_those_who_may_see_them(cast, login, two):
    stays, goes = two
    for one, text in ((stays, "青霉素过敏"), (goes, "高血压")):
        actions.update_archive(customer=one, changes={"medical_history": text}, by=cast.manager, at=cast.at)
    page = login(cast.director).get(pair_url(stays, goes)).text
    assert "青霉素过敏" not in page and "高血压" not in page and "病史不对您的岗位开放" in page
    login(cast.director).post(pair_url(stays, goes), given(stays, goes))
    assert Customer.objects.get(pk=stays.pk).medical_history == "青霉素过敏\n高血压"


def test_looking_at_both_is_noted_for_both(cast, login, two):
    login(cast.director).get(pair_url(*two))
    seen = AuditEntry.objects.filter(code="customers.customer.read", by=cast.director)
    assert sorted(seen.values_list("customer_id", flat=True)) == sorted(one.pk for one in two)


def test_two_who_are_not_one_are_proposed_no_more(cast, login, two):
    director, pair = login(cast.director), LikePair.objects.get()
    url = f"/customers/pairs/{pair.pk}/dismissal/"
    director.post(url, {"reason": ""})
    assert "沈知霞" in director.get("/customers/pairs/").text
    director.post(url, {"reason": "母女共用"})
    assert "沈知霞" not in director.get("/customers/pairs/").text
    pair.refresh_from_db()
    assert (pair.dismissed_by, pair.dismissed_reason) == (cast.director, "母女共用")


def test_another_archive_is_looked_for_from_the_customer(cast, login, two):
    stays, goes = two
    elsewhere = archive(
        cast,
        "沈知侠",
        "10000000033",
        by=cast.sh_manager,
        node=cast.sh,
        doctor=cast.sh_doctor,
        health_manager=cast.sh_manager,
    )
    director = login(cast.director)
    assert f"/customers/{stays.pk}/merging/" in director.get(f"/customers/{stays.pk}/").text
    assert pair_url(stays, goes) in director.get(f"/customers/{stays.pk}/merging/").text  # alike by their number
    third = archive(cast, "沈知遐", "10000000034")
    found = director.get(f"/customers/{stays.pk}/merging/", {"q": "沈知"}).text
    assert pair_url(stays, third) in found and pair_url(stays, elsewhere) not in found
    assert "没有找到" in director.get(f"/customers/{stays.pk}/merging/", {"q": "无此人"}).text


@pytest.mark.parametrize("who", ["manager", "service", "doctor"])
def test_only_directors_merge(cast, login, two, who):
    stays, goes = two
    desk = login(getattr(cast, who))
    assert desk.get("/customers/pairs/").status_code == 403
    assert desk.get(pair_url(stays, goes)).status_code == 403
    assert desk.post(pair_url(stays, goes), given(stays, goes)).status_code == 403
    assert not Merge.objects.exists()


def test_a_customer_of_another_centre_does_not_exist_here(cast, login, two):
    stays, _goes = two
    elsewhere = archive(
        cast,
        "沈知侠",
        "10000000033",
        by=cast.sh_manager,
        node=cast.sh,
        doctor=cast.sh_doctor,
        health_manager=cast.sh_manager,
    )
    director = login(cast.director)
    for url in (pair_url(stays, elsewhere), pair_url(elsewhere, stays), f"/customers/{elsewhere.pk}/merging/"):
        assert director.get(url).status_code == 404
    assert director.get("/customers/merges/999/").status_code == 404
