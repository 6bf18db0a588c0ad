"""The accounts of the demo: a random password each, written to a file that only its owner reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password

from kefu.administration.passwords import temporary_password
from kefu.config.demo.world import World
from kefu.config.home import kefu_home
from kefu.foundation.audit.trail import action, record
from kefu.organisation.models import User


@dataclass(frozen=True)
class Password:
    """A password and its hash, which may still be on its way."""

    text: str
    hashed: Future[str]


def random_passwords(world: World, pool: Executor) -> dict[str, Password]:
    """One for each account, by job number. They are hashed in the background, since that is slow on purpose."""
    texts = {row["job_number"]: temporary_password() for row in world.rows("logins")}
    return {number: Password(text, pool.submit(make_password, text)) for number, text in texts.items()}


def logins_file() -> Path:
    """Where the accounts are written down."""
    return kefu_home() / "logins.json"


@action
def open_accounts(
    *, world: World, passwords: Mapping[str, Password], by: User | None, at: datetime
) -> list[dict[str, str]]:
    """Give each account of the demo its password and write them all down; answers what was written.

    The file is complete on the disk before the passwords are committed: whoever finds the accounts finds the file.
    """
    logins = []
    for row in world.rows("logins"):
        user = User.objects.select_related("node").get(job_number=row["job_number"], is_demo=True)
        password = passwords[user.job_number]
        user.password = password.hashed.result()
        user.save(update_fields=["password"])
        logins.append(
            {
                "role": row["role"], "username": user.username, "password": password.text, "person": user.name,
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
