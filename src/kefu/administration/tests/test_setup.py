"""An empty installation leads its administrator step by step to the first customer."""

import pytest
from django.test import Client
from django.utils.dateparse import parse_datetime

from kefu.administration import setup
from kefu.administration.actions.installation import create_administrator
from kefu.administration.actions.nodes import create_node
from kefu.administration.actions.roles import grant_role
from kefu.administration.actions.users import create_user
from kefu.administration.setup import register_check, steps
from kefu.organisation.models import Node, Role

AT = parse_datetime("2026-11-23T09:00:00+08:00")


@pytest.fixture
def only_ours(monkeypatch):
    """The steps of administration and one of a module above."""
    ours = {code: check for code, check in setup._checks.items() if code in ("organisation", "people", "calendar")}
    monkeypatch.setattr(setup, "_checks", ours)
    done = []
    register_check("catalogue", "产品与检测目录", "/products/", lambda: bool(done), order=40)
    return done


@pytest.mark.django_db
def test_from_nothing_to_everything(only_ours, settings):
    settings.TEST_CLOCK = True
    admin = create_administrator(
        username="lin", name="林示宁", job_number="1002", password="a long phrase of mine", must_change=False,
        undertaking_signed_on=AT.date(), at=AT,
    )  # fmt: skip
    page = Client(headers={"X-Kefu-At": AT.isoformat()})
    page.force_login(admin)
    assert [step.done for step in steps()] == [False, False, True, False]
    assert "4 步办好了 1 步" in page.get("/setup/").content.decode()
    assert "建分中心" in page.get("/").content.decode()

    office = Node.objects.get()
    centre = create_node(code="BJ", zh="北京朝阳中心", kind="centre", parent=office, by=admin, at=AT)
    opened = create_user(
        username="he", job_number="2004", name="何示文", node=centre, undertaking_signed_on=AT.date(), by=admin, at=AT
    )
    role = Role.objects.get(code="health_manager")
    grant_role(user=opened.user, role=role, node=centre, valid_from=AT.date(), by=admin, at=AT)
    assert [step.done for step in steps()] == [True, True, True, False]
    assert "产品与检测目录" in page.get("/").content.decode()

    only_ours.append("catalogue")
    assert "都办好了，可以接待客户" in page.get("/setup/").content.decode()
    assert "开张清单：" not in page.get("/").content.decode()


def test_the_checklist_is_the_administrators(cast, login, only_ours):
    assert login(cast.manager).get("/setup/").status_code == 403
    assert "/setup/" not in login(cast.manager).get("/").content.decode()
