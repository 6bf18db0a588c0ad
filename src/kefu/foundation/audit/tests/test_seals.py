"""Whoever touches a sealed row of the trail is found out, and nobody who writes slowly is left out (SEC-003)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import given
from hypothesis import strategies as st

from kefu.foundation.audit import actions, sealing
from kefu.foundation.audit.models import AuditEntry, Seal
from kefu.foundation.audit.queries import verify, writers
from kefu.foundation.audit.rules import DIGEST, START, Fault, FaultKind, chained, differences, digest
from kefu.foundation.audit.sealing import closed_until, seal_trail
from kefu.foundation.audit.trail import record
from kefu.testing.cast import AT, Cast

AT_ONCE = timedelta()


def write(*codes: str) -> list[int]:
    """Rows of the trail, and their ids."""
    for code in codes:
        record(code, by=None, at=AT, changes={"phone": ("—", "换号")}, reason="客户来电")
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))[-len(codes) :]


def seal() -> int:
    return seal_trail(by=None, at=AT, patience=AT_ONCE)


def tamper(sql: str, *parameters: object) -> None:
    """What a superuser can do whom no trigger stops."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.fixture
def sealed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seven rows under three seals; the rows of the cast's roles are sealed before."""
    while seal():
        pass
    monkeypatch.setattr(actions, "BATCH", 3)
    rows = write("a", "b", "c", "d", "e", "f", "g")
    assert seal() == 3
    return rows


def last(count: int) -> list[int]:
    """The numbers of the last seals, oldest first."""
    return list(Seal.objects.order_by("number").values_list("number", flat=True))[-count:]


@pytest.mark.req("SEC-003", part="changes")
def test_rows_are_sealed_once_and_in_batches_that_hang_together(sealed: list[int]) -> None:
    seals = list(Seal.objects.order_by("number"))[-3:]
    assert [one.ids for one in seals] == [sealed[:3], sealed[3:6], sealed[6:]]
    assert bytes(seals[1].previous) == bytes(seals[0].hash)
    assert seal() == 0
    write("h")
    verdict = verify()
    assert (verdict.faults, verdict.unsealed) == ([], 1)
    assert verdict.head == (seals[-1].pk, bytes(seals[-1].hash).hex())


@pytest.mark.parametrize(
    "change",
    ["reason = '没打过电话'", "by_id = NULL, role = 'admin'", "at = at + interval '1 microsecond'", "changes = '{}'",
     "customer_id = 7", "personal = '\\x00'"],
)  # fmt: skip
def test_a_changed_row_is_named_with_its_batch(sealed: list[int], change: str) -> None:
    tamper(f"UPDATE audit_auditentry SET {change} WHERE id = %s", sealed[4])
    assert verify().faults == [Fault(FaultKind.ROW_CHANGED, last(2)[0], sealed[4])]


def test_a_row_taken_away_and_one_slipped_in_are_named(sealed: list[int]) -> None:
    first, second, _third = last(3)
    tamper("DELETE FROM audit_auditentry WHERE id = %s", sealed[1])
    tamper("UPDATE audit_auditentry SET id = %s WHERE id = %s", sealed[1], sealed[5])
    assert verify().faults == [
        Fault(FaultKind.ROW_CHANGED, first, sealed[1]),
        Fault(FaultKind.ROW_MISSING, second, sealed[5]),
    ]
    slipped = AuditEntry.objects.filter(pk__lt=sealed[0]).latest("pk").pk
    tamper("DELETE FROM audit_auditentry WHERE id = %s", slipped)
    before = Seal.objects.filter(last_id__gte=slipped).earliest("number").pk
    assert Fault(FaultKind.ROW_MISSING, before, slipped) in verify().faults


def test_a_row_under_a_seal_that_never_knew_it_is_named(cast: Cast) -> None:
    rows = write("a", "b", "c")
    with transaction.atomic():
        tamper("DELETE FROM audit_auditentry WHERE id = %s", rows[1])  # an id that was given and rolled back
    seal()
    tamper("INSERT INTO audit_auditentry SELECT (jsonb_populate_record(row, jsonb_build_object('id', %s::bigint))).* "
           "FROM audit_auditentry row WHERE id = %s", rows[1], rows[0])  # fmt: skip
    assert verify().faults == [Fault(FaultKind.ROW_ADDED, Seal.objects.latest("number").pk, rows[1])]


def test_a_seal_made_to_fit_is_found_out_by_the_chain(sealed: list[int]) -> None:
    first, second, third = last(3)
    tamper("UPDATE audit_auditentry SET reason = '没打过电话' WHERE id = %s", sealed[4])
    forged = Seal.objects.get(pk=second)
    row = AuditEntry.objects.get(pk=sealed[4])
    values = [getattr(row, name) for name in ("pk", "at", "by_id", "role", "node_id", "kind", "code", "subject_kind", "subject_id",
              "customer_id", "changes", "personal", "reason", "via", "request_id")]  # fmt: skip
    digests = bytearray(bytes(forged.digests))
    digests[DIGEST : 2 * DIGEST] = digest(values)
    fresh = chained(b"not the installation's secret", previous=bytes(forged.previous), number=second, last_id=forged.last_id,
                    ids=forged.ids, digests=bytes(digests))  # fmt: skip
    tamper("UPDATE audit_seal SET digests = %s, hash = %s WHERE number = %s", bytes(digests), fresh, second)
    assert verify().faults == [Fault(FaultKind.SEAL_CHANGED, second), Fault(FaultKind.SEAL_CHANGED, third)]
    tamper("DELETE FROM audit_seal WHERE number = %s", second)
    assert Fault(FaultKind.SEAL_MISSING, second) in verify().faults
    assert first not in {fault.seal for fault in verify().faults}


def test_an_end_cut_off_is_found_by_a_head_noted_before(sealed: list[int]) -> None:
    noted = verify().head
    assert noted is not None
    assert verify(noted).faults == []
    tamper("DELETE FROM audit_seal WHERE number = %s", noted[0])
    tamper("DELETE FROM audit_auditentry WHERE id = %s", sealed[-1])
    assert verify().faults == []
    assert verify(noted).faults == [Fault(FaultKind.SEAL_MISSING, noted[0])]


def test_a_seal_can_neither_be_changed_nor_deleted(sealed: list[int]) -> None:
    for attempt in (Seal.objects.all().delete, lambda: Seal.objects.update(last_id=0)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


@pytest.fixture
def slow(transactional_db: None) -> Iterator[BaseDatabaseWrapper]:
    """A colleague whose transaction has written a row and is not finished."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (at, role, kind, code, subject_kind, changes, reason, via, request_id)"
            " VALUES (%s, '', 'change', 'slow', '', '{}', '', '', '')",
            [AT],
        )
    yield other
    other.close()


def test_a_lower_id_that_commits_late_is_waited_for(slow: BaseDatabaseWrapper) -> None:
    (quick,) = write("quick")
    assert len(writers()) == 1
    assert seal() == 0
    slow.commit()
    assert seal() == 1
    late = AuditEntry.objects.get(code="slow").pk
    assert late < quick
    assert Seal.objects.get().ids == [late, quick]
    assert verify().faults == []


def test_a_lower_id_that_never_commits_leaves_a_gap(slow: BaseDatabaseWrapper) -> None:
    rows = write("quick")
    slow.rollback()
    assert seal() == 1
    assert Seal.objects.get().ids == rows


def test_sealing_waits_a_moment_for_who_is_about_to_end(
    slow: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = write("quick")
    polls: list[float] = []

    def pause(seconds: float) -> None:
        polls.append(seconds)
        slow.commit()

    monkeypatch.setattr(sealing, "sleep", pause)
    assert closed_until(timedelta(minutes=1)) == rows[0]
    assert len(polls) == 1


def test_who_begins_to_write_after_the_moment_is_not_waited_for(slow: BaseDatabaseWrapper) -> None:
    """Their ids are higher than what is sealed."""
    slow.rollback()
    write("before")
    found = writers()
    assert found == frozenset()
    with slow.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_auditentry IN ROW EXCLUSIVE MODE")
    assert found & writers() == frozenset()


def test_two_sealers_at_once_make_one_chain(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 1)
    rows = write(*"abcdef")

    def work() -> None:
        try:
            seal()
        finally:
            connection.close()

    sealers = [Thread(target=work) for _ in range(3)]
    for one in sealers:
        one.start()
    for one in sealers:
        one.join()
    assert [one.ids for one in Seal.objects.order_by("number")] == [[row] for row in rows]
    assert verify().faults == []


VALUES = st.lists(
    st.one_of(st.none(), st.integers(-(2**62), 2**62), st.text(max_size=8), st.binary(max_size=8)),
    min_size=1,
    max_size=6,
)


@given(VALUES, VALUES)
def test_other_values_have_another_digest(one: list[object], other: list[object]) -> None:
    def told(values: list[object]) -> list[object]:
        return [value.hex() if isinstance(value, bytes) else value for value in values]

    assert (digest(one) == digest(other)) is (told(one) == told(other))


@given(st.dictionaries(st.integers(1, 40), st.integers(0, 3)), st.dictionaries(st.integers(1, 40), st.integers(0, 3)))
def test_exactly_the_rows_that_differ_are_named(then: dict[int, int], now: dict[int, int]) -> None:
    ids = sorted(then)
    found = list(
        differences(5, ids, b"".join(digest([then[row]]) for row in ids), {row: digest([now[row]]) for row in now})
    )
    kinds = {fault.row: fault.kind for fault in found}
    assert len(kinds) == len(found)
    assert {row for row, kind in kinds.items() if kind == FaultKind.ROW_CHANGED} == {
        row for row in then.keys() & now.keys() if then[row] != now[row]
    }
    assert {row for row, kind in kinds.items() if kind == FaultKind.ROW_MISSING} == then.keys() - now.keys()
    assert {row for row, kind in kinds.items() if kind == FaultKind.ROW_ADDED} == now.keys() - then.keys()


def test_a_moment_is_the_same_in_every_zone() -> None:
    assert digest([AT]) == digest([AT.astimezone(UTC)]) != digest([datetime(2026, 11, 23, 1, 0, 0, 1, tzinfo=UTC)])
    assert chained(b"key", previous=START, number=1, last_id=3, ids=[1, 3], digests=b"") != chained(
        b"key", previous=START, number=1, last_id=3, ids=[13], digests=b""
    )
