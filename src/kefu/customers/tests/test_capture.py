"""How somebody came into the archive, and where the original paper is."""

import pytest
from django.urls import reverse

from kefu.customers.actions import create_lead, update_archive
from kefu.customers.exchange import CUSTOMERS as SHEET
from kefu.customers.models import Customer
from kefu.customers.tests.factories import source
from kefu.foundation.exchange.running import import_file
from kefu.kernel.errors import Invalid

LIST = reverse("customers:list")


def names(response) -> list[str]:
    return [row.record.name for row in response.context["list"].rows]


@pytest.mark.req("CUS-010", part="desk and paper")
def test_the_way_in_the_source_and_the_paper_are_kept_shown_filtered_and_exported(cast, login):
    manager, street = login(cast.manager), source()
    form = {"phone": "10000000041", "node": cast.bj.pk, "source": street.pk}
    manager.post(reverse("customers:new"), form | {"name": "白示安"})
    asked = {"name": "白示宁", "phone": "10000000042", "capture": "questionnaire", "paper_mark": "三号柜 12 盒"}
    manager.post(reverse("customers:new"), form | asked)
    sheet = "姓名,电话\n白示和,10000000043\n".encode()
    import_file(spec=SHEET, content=sheet, name="名单.csv", mode="commit", by=cast.manager, at=cast.at)
    kept = {one.name: (one.capture, one.paper_mark) for one in Customer.objects.all()}
    assert kept == {"白示安": ("counter", ""), "白示宁": ("questionnaire", "三号柜 12 盒"), "白示和": ("import", "")}
    assert names(manager.get(LIST, {"capture": "questionnaire"})) == ["白示宁"]
    assert names(manager.get(LIST, {"q": "三号柜"})) == ["白示宁"]
    page = manager.get(reverse("customers:page", args=[Customer.objects.get(name="白示宁").pk])).content.decode()
    assert "问卷" in page and "三号柜 12 盒" in page and street.label in page
    answer = login(cast.director).post(
        f"{reverse('customers:export')}?columns=capture&columns=paper&columns=source&capture=questionnaire",
        {"reason": "核对", "form": "csv"},
    )
    assert answer.content.decode("utf-8-sig").splitlines()[1] == "白示宁,,,到店,问卷,三号柜 12 盒"


def test_the_place_of_the_paper_can_be_changed_and_the_way_in_cannot(cast):
    person = create_lead(name="白示安", phone="10000000041", by=cast.manager, at=cast.at).customer
    update_archive(customer=person, changes={"paper_mark": "五号柜"}, by=cast.manager, at=cast.at)
    assert Customer.objects.get(pk=person.pk).paper_mark == "五号柜"
    with pytest.raises(Invalid) as refusal:
        update_archive(customer=person, changes={"capture": "api"}, by=cast.manager, at=cast.at)
    assert [(one.field, one.code) for one in refusal.value.errors] == [("capture", "not_editable")]
