"""The accounts of the demo: a random password each, written to a file that only its owner reads."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from kefu.administration.passwords import temporary_password
from kefu.config.demo.world import World
from kefu.config.home import kefu_home
from kefu.foundation.audit.trail import action, record
from kefu.organisation.models import User


def logins_file() -> Path:
    """Where the accounts are written down."""
    return kefu_home() / "logins.json"


@action
def open_accounts(*, world: World, by: User | None, at: datetime) -> list[dict[str, str]]:
    """Give each account of the demo a new random password and write them all down; answers what was written.

    The file is complete on the disk before the passwords are committed: whoever finds the accounts finds the file.
    """
    logins = []
    for row in world.rows("logins"):
        user = User.objects.select_related("node").get(job_number=row["job_number"], is_demo=True)
        password = temporary_password()
        user.set_password(password)
        user.save(update_fields=["password"])
        logins.append(
            {
                "role": row["role"], "username": user.username, "password": password, "person": user.name,
                "job_number": user.job_number, "node": user.node.code,
            }
        )  # fmt: skip
    record("demo.accounts.opened", by=by, at=at, changes={"accounts": (None, len(logins))})
    _write(logins_file(), logins)
    return logins


def _write(path: Path, logins: list[dict[str, str]]) -> None:
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        json.dump(logins, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
