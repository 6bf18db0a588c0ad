"""What appointments add to the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import OCCUPYING, AppointmentStatus, RequestState, ToldKind
from kefu.appointments.evening_work import files_owed
from kefu.appointments.limits import REBOOK_HOURS
from kefu.appointments.listing import APPOINTMENTS
from kefu.appointments.models import Appointment, WaitlistEntry
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import on_day
from kefu.appointments.queries.finding import Sought, find
from kefu.appointments.queries.renegotiations import to_renegotiate
from kefu.appointments.queries.requests import waiting_for
from kefu.appointments.queries.telling import to_call
from kefu.appointments.sentences import moment
from kefu.appointments.uniting import unite_waiting
from kefu.appointments.waiting_work import waiting_calls
from kefu.appointments.waitlist_listing import WAITLIST
from kefu.appointments.wording import wait_words
from kefu.customers.choices import Stage
from kefu.customers.erasing import Keep, scrub
from kefu.customers.merging import Obstacle, combine, look, repoint
from kefu.customers.models import Customer
from kefu.customers.subject_data import contribute
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.lists.specs import register_list
from kefu.foundation.slots.registry import (
    CreateItem,
    CustomerHead,
    CustomerTab,
    Hit,
    NavItem,
    SearchGroup,
    WorkItem,
    register,
    register_work,
)
from kefu.foundation.ui.wording import when
from kefu.organisation.models import User

SHOWN = 100


def panel(request: StaffRequest, customer: object) -> HttpResponse:
    """The tab 预约: what the customer waits for, and every booking, newest first."""
    of_customer = Appointment.objects.filter(customer=cast(Customer, customer))
    waits = WaitlistEntry.objects.open().filter(customer=cast(Customer, customer))
    context = {
        "appointments": of_customer.select_related("doctor", "node").order_by("-during")[:SHOWN],
        "openable": set(of_customer.visible_to(request.user).values_list("pk", flat=True)),
        "customer": customer,
        "may_book": access_of(request.user).may(AppointmentPermission.BOOK),
        "waiting": [
            (one, wait_words(one, request.at)) for one in waits.select_related("doctor", "node").order_by("since")
        ],
        "reachable": set(waits.visible_to(request.user, AppointmentPermission.BOOK).values_list("pk", flat=True)),
    }
    return render(request, "appointments/panel.html", context)


def owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """Today's visits of own customers (of all, for who has no customers of his or her own) that have not been settled."""
    if not access_of(user).may(AppointmentPermission.VIEW):
        return
    rows = on_day(timezone.localdate(at), user).filter(status="booked")
    roles = access_of(user).roles
    if "doctor" in roles:
        rows = rows.filter(doctor_id__in=access_of(user).persons)
    elif "health_manager" in roles:
        rows = rows.filter(customer__health_manager_id__in=access_of(user).persons)
    elif not roles & {"guide", "service_agent", "service_supervisor"}:
        return
    for row in rows[:SHOWN]:
        yield WorkItem(
            group="appointment", label=row.type.label, icon="calendar-event", verb=_("登记到达"),
            what=f"{row.type.label} · {row.doctor.name} · {row.room.label if row.room else row.node.label}", why=row.note,
            url=reverse("appointments:appointment", args=[row.pk]), due_at=row.start, started_at=row.booked_at,
            customer_id=row.customer_id, customer_name=row.customer.name,
        )  # fmt: skip


def to_settle(user: User, at: datetime) -> Iterable[WorkItem]:
    """Bookings whose time the timetable took away, for those who move and cancel bookings there; the doctor reads of his or her own."""
    access = access_of(user)
    if not (
        access.may(AppointmentPermission.CHANGE)
        or ("doctor" in access.roles and access.may(AppointmentPermission.VIEW))
    ):
        return
    for row in to_renegotiate(user, at)[:SHOWN]:
        booking = row.appointment
        yield WorkItem(
            group="appointment", label=_("改约商定"), icon="calendar-event", verb=_("去商定"),
            what=f"{booking.type.label} · {booking.doctor.name} · {date_format(timezone.localtime(row.start), 'm-d H:i')}",
            why=f"{row.get_cause_display()} {row.reason}".strip(), url=reverse("appointments:renegotiations"), due_at=row.start,
            started_at=row.opened_at, customer_id=booking.customer_id, customer_name=booking.customer.name,
        )  # fmt: skip


def asked(user: User, at: datetime) -> Iterable[WorkItem]:
    """Requests that wait for an answer of those who book, late ones first (APT-012)."""
    if not access_of(user).may(AppointmentPermission.BOOK):
        return
    for row in waiting_for(user).filter(state=RequestState.REQUESTED)[:SHOWN]:
        doctor = row.doctor.name if row.doctor else _("不限医生")
        when = date_format(timezone.localtime(row.wished), "m-d H:i") if row.wished else row.wish
        yield WorkItem(
            group="appointment", label=_("预约申请"), icon="inbox", verb=_("答复"),
            what=" · ".join(map(str, filter(None, (row.type.label, doctor, when)))), why=row.get_channel_display(),
            url=reverse("appointments:request", args=[row.pk]), due_at=row.due_at, started_at=row.submitted_at,
            customer_id=row.customer_id, customer_name=row.called, customer_note=row.sex_word,
        )  # fmt: skip


WHY_CALL = {
    ToldKind.REMINDER: _("提醒没有送到，请打电话告知"),
    ToldKind.DOCTOR_LEAVE: _("医生请假，已答应另约"),
}


def calls(user: User, at: datetime) -> Iterable[WorkItem]:
    """Customers whom reception has to call: no reminder reached them, they don't know that the house moved or cancelled the visit, or a call
    was promised when the doctor went on leave."""
    access = access_of(user)
    if not access.may(AppointmentPermission.CHANGE) and not (
        "guide" in access.roles and access.may(AppointmentPermission.VIEW)
    ):
        return
    found = list(to_call(user, at)[:SHOWN])
    hours = REBOOK_HOURS.on(at) if any(told.kind != ToldKind.REMINDER for told in found) else 0
    for told in found:
        row, soon = told.appointment, told.at + timedelta(hours=hours)
        due = {ToldKind.REMINDER: row.start, ToldKind.DOCTOR_LEAVE: soon}.get(ToldKind(told.kind), min(row.start, soon))
        yield WorkItem(
            group="appointment", label=told.get_kind_display(), icon="phone-call", verb=_("打电话"),
            what=f"{row.type.label} · {moment(row.start)} · {row.doctor.name}",
            why=str(WHY_CALL.get(ToldKind(told.kind), _("消息没有送到，客户还不知道，请打电话告知"))),
            url=reverse("contact_new", args=[row.customer_id]), due_at=due, started_at=told.at,
            customer_id=row.customer_id, customer_name=row.customer.name,
        )  # fmt: skip


def next_visit(user: User, customer: object, at: datetime) -> dict[str, object]:
    """The customer's next visit for the head of the page, and the way to another booking."""
    person = cast(Customer, customer)
    rows = Appointment.objects.filter(customer=person, status="booked", during__endswith__gt=at)
    return {
        "next_visit": rows.select_related("doctor", "node").order_by("during").first(),
        "may_book": access_of(user).may(AppointmentPermission.BOOK) and person.stage != Stage.CLOSED,
    }


def hits(user: User, text: str, limit: int) -> list[Hit]:
    """Bookings of whom the search box means, the latest first; one character means too many."""
    if len(text.strip()) < 2:
        return []
    rows = find(user, Sought(text=text)).select_related("customer", "doctor").order_by("-starts", "-id")[:limit]
    return [
        Hit(f"{row.customer.name} {when(row.start, timezone.now(), timed=True)}", f"{row.type.label} · {row.doctor.name}",
            reverse("appointments:appointment", args=[row.pk]))
        for row in rows
    ]  # fmt: skip


@look
def at_one_time(survivor_id: int, merged_id: int) -> list[Obstacle]:
    """One person is not at two places: bookings of the two that overlap are settled before a merge (APT-010)."""
    theirs = Appointment.with_holds.filter(customer_id=merged_id, status__in=OCCUPYING).select_related("doctor")
    mine = Appointment.with_holds.filter(customer_id=survivor_id, status__in=OCCUPYING)
    return [_settle_first(one) for one in theirs if mine.filter(during__overlap=one.during).exists()]


def _settle_first(appointment: Appointment) -> Obstacle:
    when = date_format(timezone.localtime(appointment.start), "Y-m-d H:i")
    text = format_lazy(_("{when} 两位都有预约（{doctor}）"), when=when, doctor=appointment.doctor.name)
    held = appointment.status == AppointmentStatus.HELD  # settles itself within minutes
    return Obstacle(
        text,
        reverse(
            "appointments:new" if held else "appointments:appointment",
            args=[appointment.customer_id if held else appointment.pk],
        ),
    )


contribute(
    "appointments.Appointment", "customer", _("预约"), erase=scrub("note", "ended_reason", "request_key", "holder")
)
contribute(
    "appointments.AppointmentChange",
    "appointment__customer",
    _("预约变更"),
    erase=scrub("reason", keep=("type_before",)),
)
contribute("appointments.AppointmentRequest", "customer", _("预约申请"), erase=scrub("name", "phone", "email", "wish"))
contribute("appointments.RequestStep", "request__customer", _("预约申请的经过"), erase=scrub("reason"))
contribute("appointments.OfferedTime", "request__customer", _("给客户的备选时间"), erase=scrub())
contribute("appointments.WaitlistEntry", "customer", _("候补"), erase=scrub("note", keep=("parts",)))
contribute("appointments.WaitlistStep", "entry__customer", _("候补的经过"), erase=scrub("reason"))
contribute("appointments.OfferedPlace", "entry__customer", _("给候补客户的空位"), erase=scrub())
contribute("appointments.Told", "appointment__customer", _("预约消息"), erase=scrub(keep=("kind", "said")))
contribute(
    "appointments.Cancellation", "appointment__customer", _("取消原因"), erase=Keep("a code of the shipped list")
)
contribute(
    "appointments.PreparedFile", "appointment__customer", _("备好的档案"), erase=Keep("who prepared a file, when")
)
contribute("appointments.Renegotiation", "appointment__customer", _("改约商定"), erase=scrub("reason"))
register(
    CustomerHead("next_visit", 20, AppointmentPermission.VIEW, "appointments/head.html", next_visit),
    SearchGroup("appointments", _("预约"), 15, AppointmentPermission.VIEW, hits),
    CreateItem(15, _("新预约"), "appointments:start", AppointmentPermission.BOOK),
    CustomerTab("appointments", _("预约"), 30, AppointmentPermission.VIEW, panel),
    NavItem("today", 10, _("预约"), "calendar-event", "appointments:day", AppointmentPermission.VIEW, "a"),
    NavItem("today", 11, _("预约申请"), "inbox", "appointments:requests", AppointmentPermission.BOOK),
    NavItem("today", 12, _("下班前"), "moon", "appointments:evening", AppointmentPermission.BOOK),
    NavItem("today", 13, _("候补"), "clock", "appointments:waitlist", AppointmentPermission.BOOK),
    NavItem("management", 41, _("日历订阅"), "external-link", "appointments:feeds", AppointmentPermission.SCHEDULE),
    NavItem("management", 42, _("预约统计"), "chart-bar", "appointments:statistics", AppointmentPermission.VIEW),
    NavItem("management", 43, _("预约事项"), "list", "appointments:types", AppointmentPermission.TYPES),
    NavItem("management", 40, _("出诊时间"), "calendar", "appointments:schedule", AppointmentPermission.SCHEDULE_VIEW),
)
register_list(APPOINTMENTS)
register_list(WAITLIST)
register_work("appointments", owed)
register_work("appointment_requests", asked)
register_work("appointments.evening", files_owed)
register_work("renegotiations", to_settle)
register_work("appointments.calls", calls)
register_work("appointments.waitlist", waiting_calls)
repoint("appointments.Appointment", "customer", _("预约"))
repoint("appointments.AppointmentRequest", "customer", _("预约申请"))
combine("appointments.WaitlistEntry", "customer", unite_waiting, _("候补"))
