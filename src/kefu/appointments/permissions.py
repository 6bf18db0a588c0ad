"""Rights on appointments: who books, who moves and cancels, who makes exceptions, who keeps the clinic schedule, who keeps the types of visits (APT-015, APT-017)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class AppointmentPermission(Permission):
    """What one may do with appointments."""

    VIEW = "appointments:appointment:view"
    BOOK = "appointments:appointment:book"
    CHANGE = "appointments:appointment:change"
    OVERRIDE = "appointments:appointment:override"
    SCHEDULE = "appointments:schedule:change"
    SCHEDULE_VIEW = "appointments:schedule:view"
    TYPES = "appointments:type:edit"


grants(
    {
        AppointmentPermission.VIEW: ("appointment", Needed.VIEW),
        AppointmentPermission.BOOK: ("appointment", Needed.ACT),
        AppointmentPermission.CHANGE: ("appointment_change", Needed.ACT),
        AppointmentPermission.OVERRIDE: ("appointment_exception", Needed.ACT),
        AppointmentPermission.SCHEDULE: ("clinic_schedule", Needed.ACT),
        AppointmentPermission.SCHEDULE_VIEW: ("clinic_schedule", Needed.VIEW),
        AppointmentPermission.TYPES: ("configuration", Needed.ACT),
    }
)
