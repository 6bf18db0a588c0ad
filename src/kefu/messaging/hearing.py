"""Posts whose proof doesn't cover their words are believed once: the same proof with other words is somebody who overheard it (NFR-002)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from kefu.messaging.models import HeardPost
from kefu.messaging.ports.listening import FRESH


def heard_first(*, profile: str, stamp: str, body: bytes, at: datetime) -> bool:
    """Whether this proof is new, or comes again with the same words as the other side does when our answer got lost. What is older than
    any proof may be is forgotten."""
    HeardPost.objects.filter(at__lt=at - 2 * timedelta(seconds=FRESH)).delete()
    digest = hashlib.sha256(body).hexdigest()
    heard, made = HeardPost.objects.get_or_create(
        stamp=f"{profile}:{stamp}"[:120], defaults={"digest": digest, "at": at}
    )
    return made or heard.digest == digest
