"""Those who newly come by an agent's channel belong to its district (ORG-013)."""

from datetime import date

import pytest

from kefu.customers.actions import create_lead, open_archive
from kefu.customers.actions.sources import give_district
from kefu.customers.models import Customer
from kefu.customers.tests.factories import archive, lead, opening, source
from kefu.kernel.errors import Forbidden, Invalid
from kefu.organisation.models import Node


@pytest.fixture
def agent(cast):
    found = source("agent_sh", "上海代理")
    give_district(source=found, node=cast.sh, by=cast.admin, at=cast.at)
    found.refresh_from_db()
    return found


@pytest.mark.req("ORG-013", part="channels")
def test_whoever_comes_by_an_agents_channel_goes_to_its_district(cast, agent):
    here, there = lead(cast, phone="10000000041"), lead(cast, "白示秋", "10000000042", source=agent)
    assert (here.node, there.node) == (cast.bj, cast.sh)  # 何示文 works in Beijing only
    assert Customer.objects.visible_to(cast.sh_manager).get() == there
    assert not Customer.objects.visible_to(cast.manager).filter(pk=there.pk).exists()


def test_owners_of_the_other_place_are_not_kept(cast, agent):
    made = create_lead(
        name="白示秋",
        phone="10000000042",
        source=agent,
        doctor=cast.doctor,
        health_manager=cast.manager,
        by=cast.manager,
        at=cast.at,
    )
    assert (made.customer.doctor, made.customer.health_manager) == (None, None)


def test_a_place_below_the_district_keeps_its_own(cast, agent):
    below = Node.objects.create(code="SH1", zh="徐汇一店", kind="office", parent=cast.sh)
    made = create_lead(name="白示秋", phone="10000000042", source=agent, node=below, by=cast.sh_manager, at=cast.at)
    assert made.customer.node == below
    cast.sh.closed_on = date(2026, 11, 1)
    cast.sh.save()
    agent.refresh_from_db()
    assert lead(cast, phone="10000000041", source=agent).node == cast.bj  # the district is closed


@pytest.mark.req("ORG-013", part="channels")
def test_an_archive_by_a_new_channel_is_opened_in_its_district(cast, agent):
    person = lead(cast, phone="10000000041")
    with pytest.raises(Invalid) as invalid:
        open_archive(customer=person, **opening(cast, source=agent), by=cast.manager, at=cast.at)
    assert [(error.field, str(error.message)) for error in invalid.value.errors] == [
        ("node", "这个渠道的新客户归上海徐汇中心，请选那里。")
    ]
    assert archive(cast, "白示夏", "10000000043").node == cast.bj


def test_only_who_configures_gives_a_district(cast, agent):
    with pytest.raises(Forbidden):
        give_district(source=agent, node=None, by=cast.director, at=cast.at)
    with pytest.raises(Invalid):
        give_district(source=agent, node=cast.hq, by=cast.admin, at=cast.at)
    give_district(source=agent, node=None, by=cast.admin, at=cast.at)
    agent.refresh_from_db()
    assert lead(cast, phone="10000000041", source=agent).node == cast.bj


def test_the_page_of_sources_and_who_registers_elsewhere(cast, login, agent):
    admin = login(cast.admin)
    assert "上海代理" in admin.get("/sources/").text
    done = admin.post(f"/sources/{agent.pk}/district/", {"node": cast.bj.pk}, follow=True)
    assert "渠道的归属机构已更新。" in done.text
    admin.post(f"/sources/{agent.pk}/district/", {"node": cast.sh.pk})
    given = {"name": "白示秋", "phone": "10000000042", "source": agent.pk, "node": cast.bj.pk}
    told = login(cast.manager).post("/customers/new/", given, follow=True)
    assert "按渠道归上海徐汇中心，由那里接着办。" in told.text
    assert Customer.objects.get(name="白示秋").node == cast.sh
