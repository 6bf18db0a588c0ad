"""What bookings say on the timeline and on the doctor's bell."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

BOOKED = sentence("appointments.booking.made", _("预约%(type)s：%(when)s %(doctor)s"))
MOVED = sentence("appointments.booking.moved", _("改约%(type)s：%(when)s %(doctor)s"))
MOVED_FROM = sentence("appointments.booking.moved_from", _("原来约的是 %(when)s"))
CANCELLED = sentence("appointments.booking.cancelled", _("取消预约%(type)s：%(when)s %(doctor)s"))
ENDED = sentence("appointments.booking.ended", _("预约%(type)s%(status)s：%(when)s %(doctor)s"))
OTHER_DOCTOR = sentence("appointments.booking.other_doctor", _("预约换医生%(type)s：%(when)s %(doctor)s"))
WITH_BEFORE = sentence("appointments.booking.with_before", _("原来的医生是%(doctor)s"))
AT_BEFORE = sentence("appointments.booking.at_before", _("原来在%(node)s"))
FOR_BEFORE = sentence("appointments.booking.for_before", _("原来的事项是%(type)s"))
LEFT_OPEN = sentence("appointments.booking.left_open", _("当天没有登记到达，系统记为未到"))
REOPENED = sentence("appointments.booking.reopened", _("撤回登记，预约%(type)s%(status)s：%(when)s %(doctor)s"))
TAKEN_BACK = sentence("appointments.booking.taken_back", _("预约又有变动，原来的消息不发了"))

NEW_FOR_DOCTOR = sentence("appointments.doctor.booked", _("%(name)s约了您：%(when)s %(type)s"))
GONE_FOR_DOCTOR = sentence("appointments.doctor.cancelled", _("%(name)s取消了预约：%(when)s %(type)s"))
LATE_FOR_DOCTOR = sentence("appointments.doctor.cancelled_late", _("%(name)s临时取消了预约：%(when)s %(type)s"))
GONE_FOR_CENTRE = sentence(
    "appointments.centre.cancelled", _("%(name)s取消了预约，时段已放出：%(when)s %(type)s %(doctor)s")
)
LATE_FOR_CENTRE = sentence(
    "appointments.centre.cancelled_late", _("%(name)s临时取消了预约，时段已放出：%(when)s %(type)s %(doctor)s")
)
FILES_DUE = sentence("appointments.evening.files", _("下班前请备好 %(day)s 的 %(count)s 份客户档案，并提醒医生"))

HELD_BOOKINGS = sentence("appointments.leaving.bookings", _("没办完的预约"))
HELD_HOURS = sentence("appointments.leaving.hours", _("出诊时间"))

OPEN_BOOKINGS = sentence("appointments.moving.open", _("没到的预约"))
OPEN_BOOKINGS_NOTE = sentence("appointments.moving.note", _("留在原机构，由原机构接待、改约"))

ASKED = sentence("appointments.request.asked", _("申请预约%(type)s：%(channel)s"))
ASKED_TO_MOVE = sentence("appointments.request.asked_to_move", _("申请改约%(type)s：%(channel)s"))
WISHED = sentence("appointments.request.wished", _("想约 %(when)s"))
OFFERED = sentence("appointments.request.offered", _("给了备选时间：%(times)s"))
NOT_BOOKED = sentence("appointments.request.not_booked", _("预约申请%(state)s"))
LATE = sentence("appointments.request.late", _("有预约申请过了时限还没答复，应在 %(due)s 前"))

OPEN_REQUESTS = sentence("appointments.moving.requests", _("没答复的预约申请"))
OPEN_REQUESTS_NOTE = sentence("appointments.moving.requests_note", _("留在客户想去的机构，由那里答复"))

WAITS = sentence("appointments.waitlist.waits", _("候补%(type)s：%(node)s"))
WAITS_FOR = sentence("appointments.waitlist.waits_for", _("候补%(type)s：%(node)s %(doctor)s"))
PLACE_FREE = sentence("appointments.waitlist.place", _("候补有空位：%(when)s %(doctor)s，保留到 %(until)s"))
PLACE_DECLINED = sentence("appointments.waitlist.declined", _("不要 %(when)s，继续候补"))
PLACE_LAPSED = sentence("appointments.waitlist.lapsed", _("%(when)s 没有答复，继续候补"))
PLACE_UNHEARD = sentence("appointments.waitlist.unheard", _("%(when)s 没有通知到客户，继续候补"))
NOT_REACHED = sentence("appointments.waitlist.not_reached", _("没有通知到客户"))
PLACE_OVER = sentence("appointments.waitlist.place_over", _("这个时间不再为客户保留，原来的消息不发了"))
DID_NOT_SUIT = sentence("appointments.waitlist.did_not_suit", _("客户不要这个时间"))
NOT_ANSWERED = sentence("appointments.waitlist.not_answered", _("没有在时限内答复"))
WAIT_OVER = sentence("appointments.waitlist.over", _("候补%(type)s：%(state)s"))
DAYS_OVER = sentence("appointments.waitlist.days_over", _("候补的日子过了"))
NEVER_ANSWERED = sentence("appointments.waitlist.never_answered", _("几次空位都没有答复"))
CALL_WAITING = sentence(
    "appointments.waitlist.call", _("%(name)s的候补有空位，消息发不到，请打电话：%(when)s，保留到 %(until)s")
)

OPEN_WAITLIST = sentence("appointments.moving.waitlist", _("候补中的预约"))
OPEN_WAITLIST_NOTE = sentence("appointments.moving.waitlist_note", _("留在客户候补的机构，有空位时由那里通知"))

READ_BACK = sentence("appointments.desk.read_back", _("事项和时间已读给客户听，客户确认"))


def moment(at: datetime) -> str:
    """A day and time as these sentences name it."""
    return f"{timezone.localtime(at):%m-%d %H:%M}"
