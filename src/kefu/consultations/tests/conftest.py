"""The interview in use, and a customer of the doctor and the health manager in Beijing."""

from __future__ import annotations

import pytest

from kefu.customers.models import Customer
from kefu.questionnaires.content import load
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene

REQUIRED: dict[str, object] = {
    "GOA01": "睡不好", "GOA02": "m1_6", "HIS01": ["none"], "HIS03": False, "HIS05": "no", "MED01": False, "MED03": ["none"],
    "FAM01": ["none"], "DIE01": "3", "SLP01": "1", "SLP02": 7, "STR01": "1", "EXE01": "1", "LIF01": "0", "LIF02": "0",
}  # fmt: skip


@pytest.fixture
def answers() -> dict[str, object]:
    """What is required of a woman, without complaints."""
    return dict(REQUIRED)


@scene
def customer(cast: Cast) -> Customer:
    """文示静, a woman, the doctor's and the health manager's own."""
    load(by=None, at=cast.at)
    return make_customer(cast, "文示静")


def make_customer(cast: Cast, name: str, **fields: object) -> Customer:
    """A customer in Beijing who belongs to the doctor and the manager of the story."""
    told = {"sex": "female", "node": cast.bj, "doctor": cast.doctor, "health_manager": cast.manager, **fields}
    return Customer.objects.create(name=name, created_by=cast.manager, created_at=cast.at, **told)
