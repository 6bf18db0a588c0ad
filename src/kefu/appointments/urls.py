"""Addresses of appointments."""

from django.urls import path, re_path

from kefu.appointments.views import bookings, days, evenings, exceptions, feeds, renegotiations, schedules, statistics

app_name = "appointments"
urlpatterns = [
    path("appointments/", days.day, name="day"),
    path("appointments/renegotiations/", renegotiations.renegotiations, name="renegotiations"),
    path("appointments/renegotiations/<int:pk>/", renegotiations.renegotiation, name="renegotiation"),
    path("appointments/schedule/", schedules.schedule, name="schedule"),
    path("appointments/schedule/closings/new/", exceptions.closing_new, name="closing_new"),
    path("appointments/schedule/closings/<int:pk>/removal/", exceptions.closing_removal, name="closing_removal"),
    path("appointments/schedule/equipment/new/", exceptions.equipment_new, name="equipment_new"),
    path(
        "appointments/schedule/equipment/<int:pk>/retirement/",
        exceptions.equipment_retirement,
        name="equipment_retirement",
    ),
    path("appointments/schedule/exceptions/<int:pk>/removal/", exceptions.exception_removal, name="exception_removal"),
    path("appointments/schedule/extra/new/", exceptions.extra_new, name="extra_new"),
    path("appointments/schedule/hours/new/", schedules.hours_new, name="hours_new"),
    path("appointments/schedule/hours/<int:pk>/change/", schedules.hours_change, name="hours_change"),
    path("appointments/schedule/hours/<int:pk>/end/", schedules.hours_end, name="hours_end"),
    path("appointments/calendars/", feeds.feeds, name="feeds"),
    path("appointments/calendars/<int:pk>/ending/", feeds.ending, name="feed_ending"),
    path("appointments/calendars/doctors/<int:pk>/", feeds.of_doctor, name="feed_of_doctor"),
    path("appointments/calendars/rooms/<int:pk>/", feeds.of_room, name="feed_of_room"),
    path("calendar/<slug:secret>.ics", feeds.calendar, name="calendar"),
    path("appointments/end-of-day/", evenings.evening, name="evening"),
    path("appointments/end-of-day/<int:node_id>/reminders/", evenings.reminders, name="reminders"),
    path("appointments/<int:pk>/file/", evenings.file, name="file"),
    path("appointments/<int:pk>/file/withdrawal/", evenings.file_withdrawal, name="file_withdrawal"),
    path("appointments/statistics/", statistics.figures, name="statistics"),
    path("appointments/statistics/export/", statistics.export, name="statistics_export"),
    path("appointments/schedule/leave/new/", exceptions.leave_new, name="leave_new"),
    path("appointments/<int:pk>/", bookings.appointment, name="appointment"),
    path("appointments/<int:pk>/time/", bookings.time, name="time"),
    path("appointments/<int:pk>/cancellation/", bookings.cancellation, name="cancellation"),
    path("appointments/<int:pk>/reopening/", bookings.reopening, name="reopening"),
    re_path(r"^appointments/(?P<pk>[0-9]+)/(?P<code>arrived|completed|no_show)/$", bookings.status, name="status"),
    path("customers/<int:customer_id>/appointments/new/", bookings.new, name="new"),
]
