"""What a verb on the waitlist leaves behind: the entry's own history, the trail, the customer's timeline, open pages of the centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import WaitState
from kefu.appointments.models import WaitlistEntry, WaitlistStep
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold, lock
from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.foundation.realtime.publishing import of_node, publish
from kefu.foundation.sentences.saying import Said, Sentence
from kefu.kernel.errors import Refused
from kefu.organisation.models import User

KIND = "appointments.waitlist"
PEOPLE = ("customer__node", "customer__doctor", "customer__health_manager", "node", "doctor", "type")


@within_action
def locked_entry(*, entry: WaitlistEntry, resting: bool = False) -> WaitlistEntry:
    """The entry as it is now, its customer and itself locked; `resting`: also where nothing is done for the customer any more.

    Raises Refused as `hold`, and `settled` where the customer became part of another meanwhile.
    """
    (lock if resting else hold)(entry.customer_id)
    rows = WaitlistEntry.objects.select_for_update(of=("self",), no_key=True).select_related(*PEOPLE)
    row = rows.get(pk=entry.pk)
    if row.customer_id != entry.customer_id:
        raise Refused("settled", _("这个候补刚由同事办过，请重新打开。"))
    return row


@within_action
def need_waiting(*, entry: WaitlistEntry) -> None:
    """Raise Refused `settled` for who does not wait any more."""
    if not entry.waits:
        raise Refused("settled", _("这个候补现在是“%(state)s”，不用再办。") % {"state": entry.get_state_display()})


@within_action
def become(
    *, entry: WaitlistEntry, state: WaitState, words: Said | Sentence, reason: str = "", by: User, at: datetime,
    changes: Mapping[str, tuple[object, object]] | None = None, lines: Sequence[str | Said | Sentence] = (),
) -> None:  # fmt: skip
    """Write where an entry stands now, and say it everywhere; a new one is written by its own."""
    before, entry.state = entry.state, state
    entry.save(update_fields=["state", "appointment"])
    write_step(entry=entry, verb=state, words=words, reason=reason, by=by, at=at, lines=lines,
               changes={"state": (before, state), **(changes or {})})  # fmt: skip


@within_action
def write_step(
    *, entry: WaitlistEntry, verb: str, words: Said | Sentence, reason: str = "", by: User, at: datetime,
    changes: Mapping[str, tuple[object, object]], lines: Sequence[str | Said | Sentence] = (),
) -> None:  # fmt: skip
    """One step of the history, one row in the trail, one line on the timeline."""
    subject = Subject(KIND, entry.pk)
    WaitlistStep.objects.create(entry=entry, state=entry.state, reason=reason, by=by, at=at)
    record(f"appointments.waitlist.{verb}", by=by, at=at, subject=subject, customer_id=entry.customer_id, node_id=entry.node_id,
           changes=changes, reason=reason)  # fmt: skip
    record_fact(
        customer=entry.customer_id, kind=FactKind.APPOINTMENT, item=words, lines=lines, subject=subject, by=by, at=at
    )
    publish(of_node(entry.node_id), "waitlist", {"id": entry.pk})
