"""The customers of the API, as another program sees them."""

import pytest
from django.urls import reverse

from kefu.customers.models import Customer
from kefu.customers.tests.factories import archive, lead, source
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.ids import ident

ROOT = "/api/v1/"


def test_a_lead_needs_no_more_than_name_and_phone(cast, program):
    status, body, _ = program(cast.manager)("POST", "customers", {"name": "沈知夏", "phone": "138 1234 6021"})
    person = Customer.objects.get()
    assert status == 201
    assert (body["id"], body["name"], body["phone"], body["stage"], body["archive_number"]) == (
        ident("cus", person.pk), "沈知夏", "13812346021", "lead", None,
    )  # fmt: skip
    assert body["warnings"] == []
    assert AuditEntry.objects.get(kind="reveal").reason == "API"
    status, body, _ = program(cast.service)(
        "POST", "customers", {"name": "闻家宁", "phone": "13812346021", "node": "BJ"}
    )
    assert (status, body["node"], body["warnings"][0]["code"], body["warnings"][0]["customer"]) == (
        201, "BJ", "phone_known", ident("cus", person.pk),
    )  # fmt: skip


def test_wrong_fields_are_named(cast, program):
    send = program(cast.manager)
    assert send("POST", "customers", {"phone": "13812346021"})[1]["errors"][0]["field"] == "name"
    status, body, _ = send("POST", "customers", {"name": "沈知夏", "phone": "123"})
    assert (status, body["errors"][0]["field"]) == (422, "phone")
    assert send("POST", "customers", {"name": "沈知夏", "phone": "13812346021", "source": "mars"})[0] == 404
    assert program(cast.keeper)("POST", "customers", {"name": "沈知夏", "phone": "13812346021"})[0] == 403
    assert not Customer.objects.exists()


@pytest.mark.req("CUS-001")
def test_an_archive_names_every_missing_field_and_then_opens(cast, program):
    source()
    person, send = lead(cast), program(cast.manager)
    path = f"customers/{ident('cus', person.pk)}/archive"
    status, body, _ = send("POST", path, {})
    assert status == 422
    assert {error["field"] for error in body["errors"]} == {
        "age",
        "doctor",
        "health_manager",
        "node",
        "source",
        "remarks",
    }
    given = {"sex": "female", "birth_date": "1985-06-12", "doctor": "2002", "health_manager": ident("usr", cast.manager.pk), "node": "BJ",
             "source": "walk_in", "remarks": "路过进店"}  # fmt: skip
    status, body, answer = send("POST", path, given)
    assert (status, body["stage"], body["doctor"], body["health_manager"], body["age"]) == (
        201,
        "active",
        "2002",
        "2004",
        41,
    )
    assert answer["ETag"] == f'"{body["version"]}"'
    assert send("POST", path, given)[0] == 409


def test_a_shared_number_needs_the_family_link(cast, program):
    wife = archive(cast, "闻小棠", "10000000008")
    husband, send = lead(cast, "闻家宁", "10000000008"), program(cast.manager)
    path = f"customers/{ident('cus', husband.pk)}/archive"
    given = {"age": 40, "doctor": "2002", "health_manager": "2004", "node": "BJ", "source": "walk_in", "remarks": "无"}
    status, body, _ = send("POST", path, given)
    assert (status, body["code"], body["customer"]) == (409, "phone_taken", ident("cus", wife.pk))
    status, body, _ = send("POST", path, given | {"family": {"customer": ident("cus", wife.pk), "relation": "spouse"}})
    assert (status, body["stage"]) == (201, "active")


@pytest.mark.req("SEC-001", part="lists and details")
@pytest.mark.req("SEC-003", part="reads")
def test_one_customer_is_read_within_the_scope_and_the_read_is_written(cast, program):
    customer = archive(cast)
    path = f"customers/{ident('cus', customer.pk)}"
    status, body, _ = program(cast.doctor)("GET", path)
    assert (status, body["phone"], body["medical_history"]) == (200, "138 **** 6021", "")
    status, body, _ = program(cast.service)("GET", path)
    assert (status, body["phone"], body["medical_history"]) == (200, "13812346021", None)
    assert program(cast.sh_manager)("GET", path)[0] == 404
    assert program(cast.keeper)("GET", path)[0] == 403
    reads = AuditEntry.objects.filter(kind="read", customer_id=customer.pk)
    assert list(reads.order_by("pk").values_list("by__job_number", "via")) == [("2002", "api"), ("1015", "api")]
    assert AuditEntry.objects.filter(kind="refused", by=cast.sh_manager).exists()


@pytest.mark.req("CUS-005")
@pytest.mark.req("CUS-003")
def test_the_list_is_newest_first_searchable_and_masked(cast, program):
    for name, phone in (("沈知夏", "13812346021"), ("陶映川", "13812346022"), ("程望舒", "13812346023")):
        archive(cast, name, phone)
    send = program(cast.manager)
    _, first, _ = send("GET", "customers?limit=2")
    assert [one["name"] for one in first["items"]] == ["程望舒", "陶映川"]
    assert {one["phone"] for one in first["items"]} == {"138 **** 6022", "138 **** 6023"}
    _, second, _ = send("GET", f"customers?limit=2&after={first['next']}")
    assert ([one["name"] for one in second["items"]], second["next"]) == (["沈知夏"], None)
    assert [one["name"] for one in send("GET", "customers?q=tyc")[1]["items"]] == ["陶映川"]
    assert send("GET", "customers?q=6022")[1]["items"][0]["name"] == "陶映川"
    assert program(cast.sh_manager)("GET", "customers?q=tyc")[1]["items"] == []


def test_a_change_with_an_old_version_is_refused(cast, program):
    customer, send = archive(cast), program(cast.manager)
    path = f"customers/{ident('cus', customer.pk)}"
    tag = send("GET", path)[2]["ETag"]
    status, body, answer = send("PATCH", path, {"address": "望京路", "email": "Pearl@Example.com"}, If_Match=tag)
    assert (status, body["address"], answer["ETag"] != tag) == (200, "望京路", True)
    status, body, _ = send("PATCH", path, {"address": "长江路"}, If_Match=tag)
    assert (status, body["code"], body["version"]) == (409, "changed_meanwhile", customer.version + 1)
    assert send("PATCH", path, {"address": "长江路"})[0] == 200
    assert send("PATCH", path, {"stage": "lead"})[0] == 422
    assert program(cast.service)("PATCH", path, {"address": "别处"})[0] == 403


def test_the_timeline_and_the_sources(cast, program):
    source()
    customer = archive(cast)
    _, body, _ = program(cast.manager)("GET", f"customers/{ident('cus', customer.pk)}/timeline")
    assert [(one["kind"], one["item"], one["amount"], one["by"]) for one in body["items"]] == [
        ("archive", "建立客户档案", None, "2004"), ("archive", "登记线索", None, "2004"),
    ]  # fmt: skip
    _, body, _ = program(cast.keeper)("GET", "directory/sources")
    assert [(one["code"], one["name"]) for one in body["items"]] == [("walk_in", "到店")]


def test_the_list_route_costs_the_same_for_one_and_for_twenty(cast, program, django_assert_max_num_queries):
    send, counts = program(cast.service), []
    send("GET", "customers")  # the first use of a token is noted
    for start, end in ((0, 1), (1, 20)):
        for number in range(start, end):
            archive(cast, f"客户{number:02}", f"138123460{number:02}")
        with django_assert_max_num_queries(30) as captured:
            send("GET", "customers")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_pages_and_api_name_the_same_customer(cast, program):
    customer = archive(cast)
    _, body, _ = program(cast.manager)("GET", f"customers/{ident('cus', customer.pk)}")
    assert reverse("customers:page", args=[customer.pk]).endswith(f"/{body['id'].removeprefix('cus_')}/")


def test_two_archives_become_one_and_two_again(cast, program):
    stays, goes = archive(cast, "沈知夏", "13812346021"), archive(cast, "沈知霞", "13812346022")
    url, body = f"customers/cus_{stays.pk}/merge", {"from": ident("cus", goes.pk), "reason": "身份证一样"}
    assert program(cast.manager)("POST", url, body)[0] == 403
    send = program(cast.director)
    status, made, _ = send("POST", url, body | {"choices": {"name": "merged"}})
    assert (status, made["survivor"], made["merged"], made["by"]) == (201, f"cus_{stays.pk}", f"cus_{goes.pk}", "2001")
    for named in (f"cus_{goes.pk}", f"cus_{stays.pk}"):  # an old id answers the one that stays
        status, found, _ = send("GET", f"customers/{named}")
        assert (status, found["id"], found["name"]) == (200, f"cus_{stays.pk}", "沈知霞")
    assert send("GET", f"customers/cus_{goes.pk}/timeline")[1]["items"][0]["item"] == "并入沈知霞的档案"
    assert program(cast.sh_manager)("GET", f"customers/cus_{goes.pk}")[0] == 404
    status, refused, _ = send("POST", url, body)
    assert (status, refused["code"]) == (409, "same_person")
    assert [one["id"] for one in send("GET", f"merges?customer=cus_{goes.pk}")[1]["items"]] == [made["id"]]
    status, undone, _ = send("POST", f"merges/{made['id']}/undo", {"reason": "是姐妹"})
    assert (status, undone["undone_by"]) == (200, "2001")
    assert send("GET", f"customers/cus_{goes.pk}")[1]["id"] == f"cus_{goes.pk}"
    assert send("POST", f"merges/{made['id']}/undo", {"reason": "是姐妹"})[1]["code"] == "already_undone"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"from": "cus_999999", "reason": "一样"}, 404, "from"),
        ({"from": "", "reason": "一样"}, 422, "from"),
        ({"reason": "一样"}, 422, "from"),
        ({"from": "GOES", "reason": " "}, 422, "reason"),
        ({"from": "GOES", "reason": "长" * 300}, 422, "reason"),
        ({"from": "GOES", "reason": "一样", "choices": {"phone": "merged"}}, 422, "choices"),
        ({"from": "GOES", "reason": "一样", "choices": {"name": 5}}, 422, "choices.name"),
        ({"from": "GOES", "reason": "一样", "more": 1}, 422, "more"),
    ],
)
def test_a_merge_asked_for_wrongly_changes_nothing(cast, program, body, status, field):
    stays, goes = archive(cast, "沈知夏", "13812346021"), archive(cast, "沈知霞", "13812346022")
    body = {name: f"cus_{goes.pk}" if value == "GOES" else value for name, value in body.items()}
    answered, said, _ = program(cast.director)("POST", f"customers/cus_{stays.pk}/merge", body)
    assert (answered, said["errors"][0]["field"]) == (status, field), said
    assert not Customer.objects.filter(merged_into__isnull=False).exists()
