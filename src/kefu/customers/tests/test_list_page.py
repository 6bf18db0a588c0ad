"""The customer list and the forms that begin there."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kefu.customers.actions import issue_archive_number
from kefu.customers.models import Customer
from kefu.customers.tests.factories import archive, lead, source


def names(response):
    return [row.record.name for row in response.context["list"].rows]


@pytest.mark.req("CUS-003")
def test_the_list_is_ordered_by_time_of_creation_newest_first(cast, login):
    for minutes, name in ((5, "陶映川"), (1, "沈知夏"), (9, "程望舒")):
        lead(cast, name, f"1381234602{minutes}", at=cast.at - timedelta(minutes=minutes))
    assert names(login(cast.manager).get(reverse("customers:list"))) == ["沈知夏", "陶映川", "程望舒"]


@pytest.mark.req("CUS-004")
def test_archive_numbers_are_listed_in_the_order_of_their_issue(cast, login):
    people = [archive(cast, name, f"1381234602{digit}") for digit, name in enumerate(("沈知夏", "陶映川", "程望舒"))]
    lead(cast, "倪若安", "13812346029")
    numbers = [issue_archive_number(customer=people[turn], by=cast.doctor, at=cast.at) for turn in (1, 2, 0)]
    assert numbers == ["HA2600001", "HA2600002", "HA2600003"]
    url = reverse("customers:list")
    response = login(cast.manager).get(url, {"order": "number"})
    assert names(response) == ["沈知夏", "程望舒", "陶映川"]
    html = response.content.decode()
    assert [html.index(number) for number in reversed(numbers)] == sorted(html.index(number) for number in numbers)
    assert 'aria-sort="descending"><a href="?order=number"' in html
    assert "?order=number" in login(cast.manager).get(url).content.decode()


@pytest.mark.req("ORG-010")
@pytest.mark.req("SEC-001", part="lists and details")
def test_everybody_sees_exactly_the_own_part_of_the_list(cast, login):
    archive(cast, "沈知夏", "13812346021")
    lead(cast, "陶映川", "13812346022")
    lead(cast, "倪若安", "13812346023", by=cast.sh_manager)
    expected = {
        "manager": ["陶映川", "沈知夏"], "manager2": ["陶映川"], "doctor": ["沈知夏"], "doctor2": [], "sh_manager": ["倪若安"],
        "director": ["陶映川", "沈知夏"], "service": ["倪若安", "陶映川", "沈知夏"],
    }  # fmt: skip
    for person, seen in expected.items():
        assert names(login(getattr(cast, person)).get(reverse("customers:list"))) == seen, person
    assert names(login(cast.director).get(reverse("customers:list"), {"pool": "on"})) == ["陶映川"]


def test_filters_narrow_the_list_and_nonsense_narrows_nothing(cast, login):
    archive(cast, "沈知夏", "13812346021")
    lead(cast, "陶映川", "13812346022")
    client, url = login(cast.director), reverse("customers:list")
    assert names(client.get(url, {"stage": "active"})) == ["沈知夏"]
    assert names(client.get(url, {"health_manager": cast.manager.pk})) == ["沈知夏"]
    assert names(client.get(url, {"doctor": cast.doctor2.pk})) == []
    assert names(client.get(url, {"node": cast.sh.pk})) == []
    assert names(client.get(url, {"node": "甲", "doctor": "", "after": "broken"})) == ["陶映川", "沈知夏"]


@pytest.mark.req("CUS-005")
def test_typing_in_the_list_finds_without_loading_the_page_again(cast, login):
    archive(cast, "沈知夏", "13812346021")
    lead(cast, "陶映川", "13812346022")
    response = login(cast.manager).get(reverse("customers:list"), {"q": "szx"}, headers={"HX-Request": "true"})
    assert names(response) == ["沈知夏"]
    assert b"<html" not in response.content


def test_the_list_pages_by_the_last_row_seen(cast, login):
    for number in range(51):
        lead(cast, f"客户{number:02}", f"138123460{number:02}", at=cast.at + timedelta(minutes=number))
    client, url = login(cast.manager), reverse("customers:list")
    first = client.get(url)
    assert len(names(first)) == 50
    assert names(client.get(url, {"after": first.context["list"].keyset.next})) == ["客户00"]


def test_the_list_costs_the_same_for_one_row_and_for_twenty(cast, login, django_assert_max_num_queries):
    client, url, counts = login(cast.service), reverse("customers:list"), []
    for start, end in ((0, 1), (1, 20)):
        for number in range(start, end):
            archive(cast, f"客户{number:02}", f"138123460{number:02}")
        with django_assert_max_num_queries(40) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_new_lead_by_the_form_lands_on_the_customers_page(cast, login):
    source()
    client = login(cast.manager)
    form = {
        "name": "沈知夏",
        "phone": "138 1234 6021",
        "node": cast.bj.pk,
        "sex": "female",
        "age": "41",
        "note": "路过",
    }
    response = client.post(reverse("customers:new"), form, follow=True)
    person = Customer.objects.get()
    assert response.redirect_chain == [(reverse("customers:page", args=[person.pk]), 302)]
    assert "已登记沈知夏。" in response.content.decode()
    assert (person.sex, person.age_stated, person.age_stated_on) == ("female", 41, cast.at.date())


def test_a_wrong_number_stands_beside_its_field_and_the_rest_is_kept(cast, login):
    response = login(cast.manager).post(
        reverse("customers:new"), {"name": "沈知夏", "phone": "1381234", "node": cast.bj.pk, "note": "路过进店"}
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert response.context["form"].errors == {"phone": ["手机号要 11 位，现在 7 位。"]}
    assert 'value="沈知夏"' in html
    assert "路过进店" in html
    assert not Customer.objects.exists()


def test_possible_duplicates_are_suggested_while_typing(cast, login):
    archive(cast, "闻小棠", "10000000008")
    html = (
        login(cast.manager)
        .get(reverse("customers:duplicates"), {"phone": "10000000008", "name": "闻"})
        .content.decode()
    )
    assert "闻小棠" in html
    assert "同一个号码" in html
    assert (
        "闻小棠"
        not in login(cast.sh_manager).get(reverse("customers:duplicates"), {"phone": "10000000008"}).content.decode()
    )


@pytest.mark.req("CUS-001")
def test_the_archive_form_marks_names_and_keeps(cast, login):
    person, client = lead(cast), login(cast.manager)
    url = reverse("customers:archive", args=[person.pk])
    html = client.get(url).content.decode()
    assert html.count('class="form-label required"') == 7  # the phone number is known already
    response = client.post(
        url, {"name": "沈知夏", "age": "", "node": cast.bj.pk, "doctor": cast.doctor.pk, "remarks": ""}
    )
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {"age", "health_manager", "source", "remarks"}
    assert errors["health_manager"] == ["请选择健康管理师。"]
    given = {"name": "沈知夏", "birth_date": "1985-06-12", "node": cast.bj.pk, "doctor": cast.doctor.pk, "health_manager": cast.manager.pk,
             "source": source().pk, "remarks": "无特殊"}  # fmt: skip
    assert client.post(url, given).status_code == 302
    person.refresh_from_db()
    assert (person.stage, person.age(cast.at.date())) == ("active", 41)


def test_the_form_asks_for_the_family_link_when_the_number_is_shared(cast, login):
    wife = archive(cast, "闻小棠", "10000000008")
    husband, client = lead(cast, "闻家宁", "10000000008"), login(cast.manager)
    url = reverse("customers:archive", args=[husband.pk])
    given = {
        "age": "40",
        "node": cast.bj.pk,
        "doctor": cast.doctor.pk,
        "health_manager": cast.manager.pk,
        "source": source().pk,
        "remarks": "无",
    }
    refused = client.post(url, given)
    assert refused.status_code == 409
    assert "这个号码属于闻小棠" in refused.content.decode()
    assert client.post(url, given | {"relative": wife.pk, "relation": "spouse"}).status_code == 302
    husband.refresh_from_db()
    assert husband.stage == "active"


def test_changing_the_centre_brings_its_doctors(cast, login):
    person = lead(cast, by=cast.service, node=cast.sh)
    url = reverse("customers:archive", args=[person.pk])
    html = login(cast.sh_manager).get(url, {"node": cast.sh.pk}, headers={"HX-Request": "true"}).content.decode()
    assert "宋示宁 3002" in html
    assert "何示宁" not in html


def test_the_picker_offers_customers_in_scope(cast, login):
    person = archive(cast, "欧阳明珠", "13812346024")
    html = login(cast.manager).get(reverse("customers:pick"), {"q": "oy"}).content.decode()
    assert f'data-id="{person.pk}"' in html
    assert (
        f'data-id="{person.pk}"'
        not in login(cast.sh_manager).get(reverse("customers:pick"), {"q": "oy"}).content.decode()
    )
