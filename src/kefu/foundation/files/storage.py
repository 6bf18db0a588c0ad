"""Bytes on disk under their hash: written aside, synced, renamed, and only then known to the database."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from kefu.foundation.files.models import StoredFile

ASIDE = "aside"


def path_of(sha256: str) -> Path:
    """Where the bytes with that hash are or would be."""
    return Path(settings.FILES_ROOT) / sha256[:2] / sha256[2:4] / sha256


def store(content: bytes, media_type: str) -> StoredFile:
    """Keep bytes, once however often they come. They are synced to disk before the row is written.

    After a rollback the bytes stay without a row until `sweep` takes them.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    _write(content, path_of(sha256))
    file, _made = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"size": len(content), "media_type": media_type}
    )
    return file


def read(file: StoredFile) -> bytes:
    """The bytes of a stored file."""
    return path_of(file.sha256).read_bytes()


def forget(file: StoredFile) -> None:
    """Destroy bytes whose time is over, with their row: gone from disk once the transaction is committed.

    Raises ProtectedError while anything still points at them.
    """
    path = path_of(file.sha256)
    file.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _write(content: bytes, path: Path) -> None:
    if path.exists() and path.stat().st_size == len(content):
        os.utime(path)  # young again: the sweep leaves it alone while this transaction runs
        return
    aside = Path(settings.FILES_ROOT) / ASIDE
    aside.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=aside)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(before: datetime) -> int:
    """Remove bytes that no row knows and that were last written before that moment; answers how many."""
    removed = 0
    for path in sorted(Path(settings.FILES_ROOT).rglob("*")):
        if not path.is_file() or path.stat().st_mtime >= before.timestamp():
            continue
        if path.parent.name == ASIDE or not StoredFile.objects.filter(sha256=path.name).exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
