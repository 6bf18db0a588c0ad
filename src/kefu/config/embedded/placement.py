"""Where a server keeps its files: data as near to KEFU_HOME as its account can go, the socket at a short path."""

import hashlib
import os
import tempfile
from pathlib import Path

from kefu.config.embedded.errors import EmbeddedError
from kefu.config.embedded.identity import Account, server_account
from kefu.config.home import make_home

SERVICE_ROOT = Path("/var/lib/kefu")
SHORT_ROOT = Path("/tmp")  # noqa: S108  the directory made in it is private and its owner is checked
SOCKET_PATH_LIMIT = 107  # bytes, with the trailing "/.s.PGSQL.5432"


def place_data(home: Path) -> Path:
    """The data directory for `home`; it lies under /var/lib/kefu when the server's account can't enter `home`."""
    data = home.resolve() / "postgres"
    account = server_account(data)
    make_home(home)
    if account is None or account.can_execute(data.parent):
        return data
    return SERVICE_ROOT / _key(data) / "postgres"


def place_socket(data: Path) -> Path:
    """The socket directory that belongs to `data`; raises EmbeddedError when no short enough path can be had."""
    root = SHORT_ROOT if os.access(SHORT_ROOT, os.W_OK) else Path(tempfile.gettempdir())
    directory = root / f"kefu-{_key(data)}"
    if len(os.fsencode(directory / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
        raise EmbeddedError(f"{directory} is too long for a socket; set TMPDIR to a shorter directory.")
    return directory


def own_directory(directory: Path, account: Account | None) -> None:
    """Makes `directory` private to the server's account; raises EmbeddedError when somebody else owns it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = account.uid if account else os.geteuid()
    found = directory.lstat().st_uid
    if found == owner:
        return
    if account is None or found != 0 or any(directory.iterdir()):
        raise EmbeddedError(f"{directory} belongs to another user (uid {found}). Remove it or use another KEFU_HOME.")
    os.chown(directory, account.uid, account.gid)


def _key(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
