"""Roles given and taken back by another program, under the rules of the screen."""

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.ids import ident
from kefu.organisation.models import Grant


@pytest.mark.req("ORG-001", part="defaults")
def test_a_role_is_given_listed_and_taken_back(cast, program):
    send = program(cast.admin)
    asked = {"user": "2004", "role": "branch_keeper", "node": "BJ", "valid_to": "2026-12-31"}
    status, made, _ = send("POST", "grants", asked)
    grant = Grant.objects.get(user=cast.manager, role__code="branch_keeper")
    assert status == 201
    assert made == {
        "id": ident("grt", grant.pk), "user": "2004", "role": "branch_keeper", "node": "BJ", "valid_from": "2026-11-23",
        "valid_to": "2026-12-31",
    }  # fmt: skip
    assert send("GET", "grants?user=2004")[1]["items"][0]["id"] == made["id"]
    again = send("POST", "grants", asked)
    assert (again[0], again[1]["code"]) == (409, "already_granted")

    ended = send("POST", f"grants/{made['id']}/end", {"on": "2026-12-01"})
    assert (ended[0], ended[1]["valid_to"]) == (200, "2026-12-01")
    later = send("POST", f"grants/{made['id']}/end", {"on": "2026-12-20"})
    assert later[1]["valid_to"] == "2026-12-01"
    past = send("POST", f"grants/{made['id']}/end", {"on": "2026-11-01"})
    assert (past[0], past[1]["errors"][0]["field"]) == (422, "on")
    assert AuditEntry.objects.filter(code="administration.role.granted", via="api").count() == 1


def test_only_who_gives_roles_on_screen_gives_them_here(cast, program):
    send = program(cast.manager)
    asked = {"user": "2005", "role": "branch_keeper", "node": "BJ"}
    assert send("POST", "grants", asked)[0] == 403
    assert send("GET", "grants")[0] == 403
    wrong = program(cast.admin)("POST", "grants", asked | {"valid_to": "2026-11-01"})
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "valid_to")
    assert program(cast.admin)("POST", "grants", asked | {"role": "emperor"})[0] == 404
    system = program(cast.admin)("POST", "grants", asked | {"role": "laboratory_system"})
    assert (system[0], system[1]["errors"][0]["field"]) == (422, "role")
    assert not Grant.objects.filter(user=cast.manager2, role__code="branch_keeper").exists()
