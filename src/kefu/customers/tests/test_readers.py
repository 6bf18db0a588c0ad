"""Every customer's record of who looked: complete, to be searched, and on paper."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kefu.customers.actions import print_readers, reveal_contact
from kefu.customers.queries.readers import Asked, looks, readers
from kefu.customers.tests.factories import archive
from kefu.foundation.audit.context import origin
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import action, record_read
from kefu.foundation.printing.models import Print
from kefu.foundation.printing.registry import find
from kefu.foundation.printing.rendering import draft
from kefu.kernel.errors import Forbidden, OutOfScope

DAY = timedelta(days=1)


@action
def read(*, customer, by, at):
    """A look at the archive."""
    record_read("customers.customer.read", by=by, at=at, customer_id=customer.pk, node_id=customer.node_id)


@pytest.fixture
def looked_at(cast):
    """何示文 reads on Monday, 周示远 reveals the number on Tuesday, a program of 何示宁 reads on Wednesday."""
    customer = archive(cast)
    read(customer=customer, by=cast.manager, at=cast.at)
    contact = customer.contacts.get()
    reveal_contact(contact=contact, purpose="约时间", by=cast.service, at=cast.at + DAY)
    with origin("api"):
        read(customer=customer, by=cast.doctor, at=cast.at + 2 * DAY)
    return customer


def table(customer, **asked):
    return [
        (look.entry.by.name, look.roles, str(look.kind), str(look.what), str(look.way), look.entry.reason)
        for look in looks(readers(customer, Asked(**asked)).order_by("-at", "-id"))
    ]


@pytest.mark.req("SEC-003", part="reads")
def test_who_in_which_role_when_how_and_what_for(cast, looked_at):
    assert table(looked_at) == [
        ("何示宁", "功能医生", "查看", "客户页面", "接口", ""),
        ("周示远", "客服顾问（坐席）", "查看完整信息", "联系方式", "", "约时间"),
        ("何示文", "健康管理师", "查看", "客户页面", "", ""),
    ]


def test_the_record_is_narrowed_by_kind_person_and_day(cast, looked_at):
    day = cast.at.date()
    names = {
        "kind=reveal": table(looked_at, kind="reveal"), "kind=api": table(looked_at, kind="api"), "kind=no": table(looked_at, kind="change"),
        "who": table(looked_at, who="何示文"), "number": table(looked_at, who="1015"),
        "since": table(looked_at, since=day + DAY), "until": table(looked_at, until=day),
    }  # fmt: skip
    assert {asked: [row[0] for row in rows] for asked, rows in names.items()} == {
        "kind=reveal": ["周示远"], "kind=api": ["何示宁"], "kind=no": ["何示宁", "周示远", "何示文"], "who": ["何示文"], "number": ["周示远"],
        "since": ["何示宁", "周示远"], "until": ["何示文"],
    }  # fmt: skip


@pytest.mark.req("SEC-003", part="reads")
def test_the_director_narrows_pages_and_prints_and_the_print_is_a_look_itself(cast, looked_at, login):
    tab = reverse("customers:tab", args=[looked_at.pk, "readers"])
    director = login(cast.director)
    part = {"headers": {"HX-Request": "true"}}
    assert "约时间" in director.get(tab, **part).content.decode()
    only = director.get(f"{tab}?kind=reveal&who=1015&since=nonsense", **part).content.decode()
    assert "周示远" in only and "何示文 <span" not in only
    for minute in range(60):
        read(customer=looked_at, by=cast.manager, at=cast.at + timedelta(minutes=minute))
    first = director.get(f"{tab}?kind=read", **part).content.decode()
    assert first.count("<td>查看 ") == 50
    assert "kind=read&amp;after=" in first
    director.post(reverse("customers:readers_print", args=[looked_at.pk]))
    made = Print.objects.get(document="customers.readers")
    row = AuditEntry.objects.get(kind="print", customer_id=looked_at.pk)
    assert (row.by, row.changes["document"]) == (cast.director, [None, "customers.readers"])
    assert "谁看过记录" in director.get(f"{tab}?kind=print", **part).content.decode()
    paper = draft(find("customers.readers"), looked_at.pk).html(
        version=1, copy_label="", printed_by="", printed_at=cast.at
    )
    assert "约时间" in paper and "客服顾问（坐席）" in paper
    assert director.get(reverse("printing:show", args=[made.pk])).status_code == 200
    assert login(cast.manager).get(reverse("printing:show", args=[made.pk])).status_code == 404


def test_only_those_who_may_see_who_looked_print_it(cast, looked_at):
    for person, refusal in ((cast.manager, Forbidden), (cast.service, Forbidden)):
        with pytest.raises(refusal):
            print_readers(customer=looked_at, by=person, at=cast.at)
    elsewhere = archive(cast, "倪若安", "10000000015", node=cast.sh, doctor=cast.sh_doctor, health_manager=cast.sh_manager, by=cast.sh_manager)  # fmt: skip
    with pytest.raises(OutOfScope):
        print_readers(customer=elsewhere, by=cast.director, at=cast.at)
    assert not Print.objects.exists()
