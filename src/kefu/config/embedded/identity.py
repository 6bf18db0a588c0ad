"""Which account the server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kefu.config.embedded.errors import EmbeddedError

ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account other than our own that the server's processes and files belong to."""

    uid: int
    gid: int

    @property
    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments that make `subprocess` run a program as this account."""
        # cwd: the caller's own may lie where this account can't go.
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}

    def can_execute(self, path: Path) -> bool:
        """Whether this account may run the program at `path`, or enter it when it is a directory."""
        return subprocess.run(["test", "-x", str(path)], **self.popen_options).returncode == 0


def server_account(data: Path) -> Account | None:
    """The account for the server of `data`; None means our own. An existing directory keeps its owner."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(f"PostgreSQL can't run as root and there is no account named {' or '.join(ACCOUNTS)}.")
