"""Whom the house works with: who keeps the record, who signs, who reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from kefu.administration.content import load_roles
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import Grant, Role, User
from kefu.people import actions
from kefu.people.models import Agreement, Institution
from kefu.people.queries import institutions, latest_regions
from kefu.people.slots import ending
from kefu.testing.cast import Cast

Login = Callable[[User], Client]


@pytest.fixture
def steward(cast: Cast) -> User:
    """The supervisor keeps the records too, the product manager signs: two people of head office."""
    load_roles(only=frozenset({"institution_steward", "expansion"}), by=None, at=cast.at)
    for user, role in ((cast.supervisor, "institution_steward"), (cast.product_manager, "expansion")):
        Grant.objects.create(user=user, role=Role.objects.get(code=role), node=cast.hq, valid_from=date(2026, 1, 5))
    return cast.supervisor


@pytest.fixture
def signer(cast: Cast, steward: User) -> User:
    return cast.product_manager


def partner(cast: Cast, steward: User, **details: str) -> Institution:
    whole = {
        "zh": "演示合作体检机构", "kind": "institution", "address": "演示路 1 号", "person_in_charge": "演示负责人", "phone": "010-66778899",
    } | details  # fmt: skip
    return actions.add_institution(code="PT-01", node=cast.hq, details=whole, part="partner", by=steward, at=cast.at)


def signed(cast: Cast, institution: Institution, signer: User, valid_to: date | None = None) -> Agreement:
    return actions.sign_agreement(
        institution=institution, mode="referral", items=["样本代采", "客户转介"], signed_on=date(2026, 3, 2), valid_to=valid_to, by=signer,
        at=cast.at,
    )  # fmt: skip


@pytest.mark.req("ORG-008")
def test_only_the_designated_steward_keeps_the_record(cast: Cast, steward: User, signer: User) -> None:
    for other in (cast.director, cast.manager, signer, cast.admin):
        with pytest.raises(Forbidden):
            partner(cast, other)
    made = partner(cast, steward)
    changes = {"person_in_charge": "新负责人"}
    with pytest.raises(Forbidden):
        actions.change_institution(institution=made, changes=changes, version=1, by=signer, at=cast.at)
    actions.change_institution(institution=made, changes=changes, version=1, by=steward, at=cast.at)
    row = AuditEntry.objects.get(code="people.institution.changed")
    assert (row.by, row.changes) == (steward, {"person_in_charge": ["演示负责人", "新负责人"]})
    with pytest.raises(Refused, match="刚才有人改过"):
        actions.change_institution(institution=made, changes={"note": "旧"}, version=1, by=steward, at=cast.at)


@pytest.mark.req("ORG-007")
def test_only_the_expansion_department_signs_and_only_a_complete_record(
    cast: Cast, steward: User, signer: User
) -> None:
    made = partner(cast, steward, address="", person_in_charge="", phone="")
    with pytest.raises(Forbidden):
        signed(cast, made, steward)
    with pytest.raises(Invalid) as gaps:
        actions.sign_agreement(
            institution=made, mode="", items=[" "], signed_on=date(2026, 3, 2), by=signer, at=cast.at
        )
    assert [error.field for error in gaps.value.errors] == ["address", "person_in_charge", "phone", "mode", "items"]
    assert Agreement.objects.count() == 0
    whole = {"address": "演示路 1 号", "person_in_charge": "演示负责人", "phone": "010-66778899"}
    actions.change_institution(institution=made, changes=whole, version=1, by=steward, at=cast.at)
    agreement = signed(cast, made, signer)
    assert (agreement.number, agreement.items, agreement.signed_by) == ("XY2600001", ["样本代采", "客户转介"], signer)


@pytest.mark.req("ORG-007")
def test_who_reads_depends_on_the_level(cast: Cast, steward: User, login: Login) -> None:
    made = partner(cast, steward)
    readers = {
        name: login(getattr(cast, name)).get(f"/institutions/{made.pk}/").status_code
        for name in ("service", "supervisor", "manager")
    }
    assert readers["supervisor"] == 200
    assert readers["manager"] == 403
    page = login(cast.supervisor)
    assert "演示合作体检机构" in page.get("/institutions/?part=partner&q=体检").content.decode()
    assert "演示合作体检机构" not in page.get("/institutions/?part=courier").content.decode()


def test_an_agreement_in_force_holds_the_partner(cast: Cast, steward: User, signer: User) -> None:
    made = partner(cast, steward)
    agreement = signed(cast, made, signer)
    with pytest.raises(Refused):
        actions.close_institution(institution=made, reason="不再合作", by=steward, at=cast.at)
    with pytest.raises(Refused):
        actions.end_part(role=made.roles.get(), reason="不再合作", by=steward, at=cast.at)
    with pytest.raises(Invalid):
        actions.end_agreement(agreement=agreement, on=date(2026, 11, 24), reason="协商", by=signer, at=cast.at)
    actions.end_agreement(agreement=agreement, on=date(2026, 11, 23), reason="协商终止", by=signer, at=cast.at)
    actions.close_institution(institution=made, reason="不再合作", by=steward, at=cast.at)
    assert list(institutions(steward)) == []
    assert [one.code for one in institutions(steward, closed=True)] == ["PT-01"]
    with pytest.raises(Refused):
        signed(cast, made, signer)


@pytest.mark.parametrize(("left", "rings"), [(60, 1), (59, 0), (30, 1), (7, 1), (0, 1)])
def test_those_who_sign_are_reminded_before_the_end(
    cast: Cast, steward: User, signer: User, left: int, rings: int
) -> None:
    made = partner(cast, steward)
    signed(cast, made, signer, valid_to=cast.at.date() + timedelta(days=left))
    assert actions.remind_of_ends(by=cast.system, at=cast.at) == rings
    actions.remind_of_ends(by=cast.system, at=cast.at)
    assert Notice.objects.filter(user=signer, code="agreement_ends").count() == rings
    assert [item.what for item in ending(signer, cast.at)] == ["演示合作体检机构 XY2600001"]
    assert list(ending(steward, cast.at)) == []


@pytest.mark.req("ORG-012")
@pytest.mark.parametrize("part", ["manufacturer", "workshop", "courier", "carrier", "survey_institution"])
def test_suppliers_workshops_carriers_and_survey_institutions_are_registered(
    cast: Cast, steward: User, part: str
) -> None:
    details = {"zh": "演示单位", "kind": "organisation"}
    made = actions.add_institution(
        code=f"sup-{part[:3]}", node=cast.hq, details=details, part=part, by=steward, at=cast.at
    )
    assert [one.code for one in institutions(steward, part=part)] == [f"SUP-{part[:3].upper()}"]
    judge = {"institution": made, "region": "华北", "by": steward}
    if part not in ("courier", "carrier"):
        with pytest.raises(Refused):
            actions.judge_region(**judge, quality="good", at=cast.at)
        return
    with pytest.raises(Invalid):
        actions.judge_region(**judge, quality="poor", at=cast.at)
    actions.judge_region(**judge, quality="good", at=cast.at)
    actions.judge_region(**judge, quality="poor", note="冷链两次断温", at=cast.at + timedelta(days=1))
    assert [(row.region, row.quality) for row in latest_regions(made)] == [("华北", "poor")]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"zh": " "}, "zh"),
        ({"kind": "club"}, "kind"),
        ({"phone": "12345"}, "phone"),
        ({"shoe_size": "42"}, "shoe_size"),
    ],
)
def test_wrong_details_are_named_and_nothing_is_written(
    cast: Cast, steward: User, details: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        partner(cast, steward, **details)
    assert [error.field for error in wrong.value.errors] == [field]
    assert Institution.objects.count() == 0


def test_the_whole_way_on_screen(cast: Cast, steward: User, signer: User, login: Login) -> None:
    keeps, signs = login(steward), login(signer)
    form = {"code": "pt-02", "zh": "演示加盟健康馆", "kind": "organisation", "part": "franchise", "node": cast.hq.pk}
    assert keeps.post("/institutions/new/", form | {"phone": "1"}).status_code == 422
    assert keeps.post("/institutions/new/", form).status_code == 302
    made = Institution.objects.get(code="PT-02")
    address = f"/institutions/{made.pk}/"
    agreement = {"mode": "franchise", "items": "品牌加盟\n产品供应", "signed_on": "2026-05-18", "valid_to": ""}
    refused = signs.post(f"{address}agreements/", agreement)
    assert refused.status_code == 422 and "补全地址" in refused.content.decode()
    record = form | {"version": 1, "address": "演示路 2 号", "person_in_charge": "演示负责人", "phone": "020-66778899"}
    assert keeps.post(address, record).status_code == 302
    assert signs.post(f"{address}agreements/", agreement).status_code == 302
    assert "品牌加盟、产品供应" in keeps.get(address).content.decode()
    told = keeps.post(f"{address}closure/", {"reason": "试试"}, follow=True).content.decode()
    assert "还有生效的协议，请先终止协议。" in told
    ended = {"on": "2026-11-23", "reason": "到期不续"}
    number = Agreement.objects.get().pk
    assert signs.post(f"{address}agreements/{number}/end/", ended).status_code == 302
    assert keeps.post(f"{address}closure/", {"reason": "不再合作"}).status_code == 302
    assert keeps.post(f"{address}reopening/", {"reason": "重新合作"}).status_code == 302
    assert keeps.post(f"{address}parts/", {"part": "courier"}).status_code == 302
    assert keeps.post(f"{address}regions/", {"region": "华南", "quality": "good"}).status_code == 302
    assert "华南" in keeps.get(address).content.decode()
