"""`kefu audit verify` and the job that seals the trail for it."""

import json
import re

import pytest
from django.db import connection
from django.utils.dateparse import parse_datetime

from kefu.administration.tests.test_commands import kefu
from kefu.foundation.audit.models import AuditEntry, Seal
from kefu.foundation.audit.trail import record
from kefu.foundation.jobs.registry import find

AT = parse_datetime("2026-11-23T09:00:00+08:00")


@pytest.fixture
def trail(cast) -> list[int]:
    """Three rows, sealed by the job."""
    for code in ("a", "b", "c"):
        record(code, by=cast.admin, at=AT, reason="核对")
    find("administration.seal_trail").perform({}, at=AT)
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))[-3:]


def test_the_job_seals_every_ten_minutes(trail):
    assert find("administration.seal_trail").cron == "*/10 * * * *"
    made = Seal.objects.latest("number")
    assert (made.ids[-3:], made.sealed_at) == (trail, AT)


def test_an_untouched_trail_is_said_to_be_so(trail, capsys):
    assert kefu("audit verify") == 0
    printed = capsys.readouterr().out
    assert re.fullmatch(r"untouched: \d+ rows under 1 seals, 0 not sealed yet; head 1:[0-9a-f]{64}\n", printed)
    head = printed.split("head ")[1].strip()
    assert kefu("audit verify", "--head", head, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["head"], answer["faults"]) == (head, [])


def test_a_touched_row_is_named_with_its_batch_and_exit_code_1(trail, capsys):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_auditentry SET reason = '没核对' WHERE id = %s", [trail[1]])
    assert kefu("audit verify") == 1
    printed = capsys.readouterr().out
    assert printed.startswith(f"seal 1: row {trail[1]} was changed\n1 faults: ")
    assert kefu("audit verify", "--json") == 1
    assert json.loads(capsys.readouterr().out)["faults"] == [
        {"kind": "row_changed", "seal": 1, "row": trail[1], "message": f"seal 1: row {trail[1]} was changed"}
    ]


def test_another_secret_is_not_taken_for_an_untouched_trail(trail, capsys, settings):
    settings.SECRET_KEY = "another installation's"
    assert kefu("audit verify") == 1
    assert "or KEFU_SECRET is not the one it was made with" in capsys.readouterr().out


def test_an_empty_trail_has_no_head(db, capsys):
    assert kefu("audit verify", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"seals": 0, "rows": 0, "unsealed": 0, "head": None, "faults": []}


def test_a_head_of_another_form_is_wrong_usage(db, capsys):
    with pytest.raises(SystemExit) as end:
        kefu("audit verify", "--head", "17")
    assert end.value.code == 2
    assert "NUMBER:HASH" in capsys.readouterr().err
