"""What becomes of each booking that a change of the timetable breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kefu.appointments.actions.deciding import Decision, Decisions
from kefu.appointments.choices import Settlement
from kefu.appointments.queries.renegotiations import Ways
from kefu.appointments.sentences import moment
from kefu.foundation.ui.forms import KefuForm

Choice = tuple[str, str | Promise]


class DecisionsForm(KefuForm):
    """One choice for each booking; only who may move and cancel bookings is offered that."""

    def __init__(
        self, *args: Any, ways: Sequence[Ways], may_change: bool, may_wait: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways
        for one in ways:
            choices = _choices(one, may_change=may_change, may_wait=may_wait)
            label = _("%(name)s 的预约") % {"name": one.booking.customer.name}
            field = forms.ChoiceField(label=label, choices=[("", _("请选择")), *choices])
            field.error_messages["required"] = _("请说明这一个怎么办")
            self.fields[_name(one)] = field

    def rows(self) -> list[tuple[Ways, forms.BoundField]]:
        """Each booking beside its choice."""
        return [(one, self[_name(one)]) for one in self.ways]

    def decisions(self) -> Decisions:
        """What was chosen, by the id of the booking."""
        return {one.booking.pk: _decision(self.cleaned_data[_name(one)], one) for one in self.ways}


def _name(one: Ways) -> str:
    return f"booking_{one.booking.pk}"


def _choices(one: Ways, *, may_change: bool, may_wait: bool) -> list[Choice]:
    found: list[Choice] = []
    if may_change:
        found += [
            (f"{Settlement.MOVED}|{slot.start.isoformat()}", _("改到 %(when)s") % {"when": moment(slot.start)})
            for slot in one.slots
        ]  # fmt: skip
        found += [
            (f"{Settlement.GIVEN}|{doctor.pk}", _("时间不变，请%(name)s看") % {"name": doctor.name})
            for doctor in one.doctors
        ]
    found.append((Settlement.KEPT.value, _("照旧，已和医生、客户说好")))
    if may_change:
        found.append((Settlement.CANCELLED.value, _("取消并告诉客户")))
    if may_wait:
        found.append((Settlement.OPEN.value, _("稍后商定")))
    return found


def _decision(text: str, one: Ways) -> Decision:
    what, _bar, detail = text.partition("|")
    outcome = Settlement(what)
    if outcome == Settlement.MOVED:
        return Decision(outcome, start=datetime.fromisoformat(detail))
    if outcome == Settlement.GIVEN:
        chosen = next(doctor for doctor in one.doctors if str(doctor.pk) == detail)
        return Decision(outcome, doctor=chosen)
    return Decision(outcome)
