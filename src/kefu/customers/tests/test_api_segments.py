"""Groups of customers for other programs: defined, counted, read as a list, retired."""

from datetime import date

import pytest

from kefu.customers.models import Segment
from kefu.kernel.ids import ident
from kefu.testing.stories import customer_of


@pytest.mark.req("CUS-011")
def test_a_group_is_defined_counted_and_read_as_a_list(cast, program):
    young = customer_of(cast, "白示安", "10000000911", birth_date=date(1994, 6, 12))
    customer_of(cast, "白示宁", "10000000912", birth_date=date(1965, 6, 12))
    send = program(cast.manager)
    status, made, _ = send(
        "POST", "segments", {"name": "三十多岁", "definition": [{"criterion": "age", "low": "30", "high": "39"}]}
    )
    segment = Segment.objects.get()
    assert status == 201
    assert made == {
        "id": ident("seg", segment.pk), "name": "三十多岁", "node": "BJ", "version": 1, "definition": [{"criterion": "age", "low": "30", "high": "39"}],
    }  # fmt: skip
    assert send("GET", f"segments/{made['id']}")[1]["customers"] == 1
    assert [one["id"] for one in send("GET", f"customers?segment={made['id']}")[1]["items"]] == [ident("cus", young.pk)]

    anew = send("PUT", f"segments/{made['id']}/definition", {"definition": [{"criterion": "age", "low": "60"}]})[1]
    assert (anew["version"], anew["definition"]) == (2, [{"criterion": "age", "low": "60"}])
    assert [one["name"] for one in send("GET", f"customers?segment={made['id']}")[1]["items"]] == ["白示宁"]
    assert [one["id"] for one in send("GET", "segments")[1]["items"]] == [made["id"]]

    elsewhere = program(cast.sh_manager)
    assert elsewhere("GET", f"segments/{made['id']}")[0] == 404
    assert elsewhere("GET", f"customers?segment={made['id']}")[0] == 404
    assert send("POST", f"segments/{made['id']}/retirement", {})[0] == 200
    assert send("GET", "segments")[1]["items"] == []


def test_what_makes_no_group_is_named(cast, program):
    send = program(cast.manager)
    wrong = send("POST", "segments", {"name": "空", "definition": []})
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "name")
    wrong = send("POST", "segments", {"name": "反了", "definition": [{"criterion": "age", "low": "40", "high": "30"}]})
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "age_low")
    wrong = send("POST", "segments", {"name": "没有", "definition": [{"criterion": "moon", "text": "圆"}]})
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "moon")
    assert (
        program(cast.keeper)("POST", "segments", {"name": "仓库", "definition": [{"criterion": "age", "low": "1"}]})[0]
        == 403
    )
    assert not Segment.objects.exists()
