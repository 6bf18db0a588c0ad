"""A token acts as its user until it is revoked or the account is closed."""

from datetime import timedelta

import pytest

from kefu.foundation.api import actions
from kefu.foundation.api.models import ApiToken
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Invalid, Refused

pytestmark = pytest.mark.urls("kefu.foundation.api.tests.shelf")


def test_a_token_is_shown_once_and_kept_as_a_hash(cast):
    token = actions.issue_token(user=cast.lab_system, name=" 检验室 ", by=cast.admin, at=cast.at)
    row = ApiToken.objects.get()
    assert token.startswith("kf_")
    assert len(token) == 46
    assert (row.user, row.name, row.created_by, row.created_at) == (cast.lab_system, "检验室", cast.admin, cast.at)
    assert token not in str(row.__dict__)
    entry = AuditEntry.objects.get(code="api.token_issued")
    assert entry.changes == {"name": [None, "检验室"], "user": [None, cast.lab_system.pk]}


def test_a_token_needs_a_purpose_and_an_open_account(cast):
    with pytest.raises(Invalid):
        actions.issue_token(user=cast.doctor, name=" ", by=cast.admin, at=cast.at)
    cast.doctor.is_active = False
    with pytest.raises(Refused) as refused:
        actions.issue_token(user=cast.doctor, name="a", by=cast.admin, at=cast.at)
    assert refused.value.code == "account_closed"
    assert not ApiToken.objects.exists()


def test_without_a_token_nothing_is_served(program, cast):
    answer = program().get("rooms")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank", "title": "请带上有效的令牌。", "status": 401, "code": "unauthenticated", "errors": [],
    }  # fmt: skip


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", "Bearer kf_wrong", "Basic kf_x", "Bearer 令牌", "Bearer a b"])
def test_a_wrong_token_is_none(program, cast, given):
    assert program().get("rooms", Authorization=given).status_code == 401


def test_a_browser_session_is_no_token(client, cast):
    client.force_login(cast.doctor)
    assert client.get("/api/v1/rooms").status_code == 401


def test_a_revoked_token_is_none(program, cast):
    caller = program(cast.doctor)
    assert caller.get("rooms").status_code == 200
    row = ApiToken.objects.get()
    actions.revoke_token(token=row, reason="换新", by=cast.admin, at=cast.at)
    assert caller.get("rooms").status_code == 401
    assert AuditEntry.objects.get(code="api.token_revoked").reason == "换新"
    with pytest.raises(Refused):
        actions.revoke_token(token=row, reason="换新", by=cast.admin, at=cast.at)


def test_the_token_of_a_closed_account_is_none(program, cast):
    caller = program(cast.doctor)
    cast.doctor.is_active = False
    cast.doctor.save()
    assert caller.get("rooms").status_code == 401


def test_last_use_is_kept_to_the_minute(program, cast, django_assert_num_queries):
    caller = program(cast.doctor)
    caller.get("rooms/roo_x")
    row = ApiToken.objects.get()
    assert row.last_used_at == cast.at
    caller.headers["X-Kefu-At"] = (cast.at + timedelta(seconds=59)).isoformat()
    with django_assert_num_queries(2):  # the token, the rooms
        caller.get("rooms")
    caller.headers["X-Kefu-At"] = (cast.at + timedelta(minutes=1)).isoformat()
    caller.get("rooms")
    row.refresh_from_db()
    assert row.last_used_at == cast.at + timedelta(minutes=1)
