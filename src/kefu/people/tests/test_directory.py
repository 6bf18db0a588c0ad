"""Programs and colleagues choose people by job number."""

import pytest
from django.test import Client

from kefu.foundation.api.actions import issue_token
from kefu.organisation.models import Grant
from kefu.people.models import Doctor
from kefu.testing.cast import AT


@pytest.fixture
def get(settings):
    """GET a directory as a person."""
    settings.TEST_CLOCK = True

    def go(user, path: str):
        token = issue_token(user=user, name="目录", by=user, at=AT)
        headers = {"X-Kefu-At": AT.isoformat(), "Authorization": f"Bearer {token}"}
        return Client(headers=headers).get(f"/api/v1/directory/{path}")

    return go


def numbers(answer) -> list[str]:
    assert answer.status_code == 200
    return [item["code"] for item in answer.json()["items"]]


def test_doctors_come_by_job_number_with_id_and_name(cast, get):
    answer = get(cast.service, "doctors").json()
    assert answer["items"][0] == {"id": f"usr_{cast.doctor.pk}", "code": "2002", "name": "何示宁"}
    assert [item["code"] for item in answer["items"]] == ["2002", "2003", "3002"]
    assert answer["next"] is None


def test_a_place_has_its_own_and_those_granted_there(cast, get):
    assert numbers(get(cast.manager, "doctors?node=SH")) == ["3002"]
    assert numbers(get(cast.manager, f"managers?node=nod_{cast.bj.pk}")) == ["2004", "2005"]
    assert numbers(get(cast.manager, "managers")) == ["2004", "2005", "3003"]
    Grant.objects.create(user=cast.doctor, role=Grant.objects.get(user=cast.doctor).role, node=cast.sh, valid_from="2026-01-05")  # fmt: skip
    assert numbers(get(cast.manager, "doctors?node=SH")) == ["2002", "3002"]
    assert get(cast.manager, "doctors?node=NOWHERE").status_code == 404


def test_who_may_not_practise_or_has_left_is_not_offered(cast, get):
    Doctor.objects.filter(user=cast.doctor).update(certified_on=None, certified_by=None)
    cast.manager2.is_active = False
    cast.manager2.save(update_fields=["is_active"])
    assert numbers(get(cast.service, "doctors")) == ["2003", "3002"]
    assert numbers(get(cast.service, "managers")) == ["2004", "3003"]


def test_the_laboratory_learns_nothing_of_staff(cast, get):
    assert numbers(get(cast.lab_system, "doctors")) == []
