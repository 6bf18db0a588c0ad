"""Who is erased, written down outside the database: a restored backup brings them back, and this list lets them be erased again.

One line a customer: the id and the moment of registration, which tells a customer from another who gets the same id after a restore.
"""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kefu.customers.models import Customer

Line = tuple[int, datetime]


def keep_list() -> int:
    """Bring the list up to date from the database; what stands in it stays. Answers how many customers are in it."""
    path = Path(settings.ERASED_LIST)
    known = read_list(path) if path.exists() else set()
    held = set(Customer.objects.filter(erased_at__isnull=False).values_list("pk", "created_at"))
    if not held <= known or not path.exists():
        _write(path, known | held)
    return len(known | held)


def read_list(path: Path) -> set[Line]:
    """The customers a list names. Raises ValueError for what is no such list."""
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip())
    return {(int(pk), datetime.fromisoformat(registered)) for pk, registered in lines}


def came_back(path: Path) -> list[Customer]:
    """Customers of a list who are not erased in this database."""
    listed = read_list(path)
    found = Customer.objects.filter(pk__in=[pk for pk, _at in listed], erased_at__isnull=True).order_by("pk")
    return [one for one in found if (one.pk, one.created_at) in listed]


def _write(path: Path, lines: set[Line]) -> None:
    """Written aside, synced and put in its place, so that there is always a whole list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.writelines(f"{pk} {registered.isoformat()}\n" for pk, registered in sorted(lines))
        out.flush()
        os.fsync(out.fileno())
    Path(name).replace(path)
