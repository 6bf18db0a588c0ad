"""What a seal says of the rows under it: digests of rows, the chain of hashes, and what no longer agrees. Plain Python."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

DIGEST = 16  # bytes kept of each row: enough to tell which one was changed
START = bytes(32)  # what the first seal is chained to


class FaultKind(StrEnum):
    """What can be wrong with the trail."""

    ROW_CHANGED = "row_changed"
    ROW_MISSING = "row_missing"
    ROW_ADDED = "row_added"
    SEAL_CHANGED = "seal_changed"
    SEAL_MISSING = "seal_missing"


@dataclass(frozen=True)
class Fault:
    """Something that was touched after it was sealed: which batch, and which row of it where that can be said."""

    kind: FaultKind
    seal: int
    row: int | None = None


def digest(values: Sequence[object]) -> bytes:
    """The digest of one row's values, in a fixed order; the same for the same values on any machine."""
    text = json.dumps([_plain(value) for value in values], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=DIGEST).digest()


def chained(key: bytes, *, previous: bytes, number: int, last_id: int, ids: Sequence[int], digests: bytes) -> bytes:
    """The hash of a seal over its rows and the seal before it. The key keeps who only has the database from making it anew."""
    text = json.dumps([number, last_id, list(ids)], separators=(",", ":")).encode()
    return hmac.new(key, previous + text + digests, hashlib.sha256).digest()


def differences(seal: int, ids: Sequence[int], digests: bytes, found: Mapping[int, bytes]) -> Iterator[Fault]:
    """Rows of a batch that were changed, taken away or slipped in since it was sealed, by id."""
    sealed = {row: digests[place * DIGEST : (place + 1) * DIGEST] for place, row in enumerate(ids)}
    for row in sorted(sealed.keys() | found.keys()):
        if row not in found:
            yield Fault(FaultKind.ROW_MISSING, seal, row)
        elif row not in sealed:
            yield Fault(FaultKind.ROW_ADDED, seal, row)
        elif sealed[row] != found[row]:
            yield Fault(FaultKind.ROW_CHANGED, seal, row)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value
