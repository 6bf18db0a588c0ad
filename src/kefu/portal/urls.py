"""Addresses of the customers' own pages."""

from django.urls import path

from kefu.portal.views import booking, door, mine, refusing, waiting

app_name = "portal"
urlpatterns = [
    path("portal/", door.door, name="door"),
    path("portal/code/", door.code, name="code"),
    path("portal/leaving/", door.leaving, name="leaving"),
    path("portal/privacy/", door.privacy, name="privacy"),
    path("portal/refusals/<str:token>/", refusing.refusal, name="refusal"),
    path("portal/mine/", mine.mine, name="mine"),
    path("portal/booking/", booking.booking, name="booking"),
    path("portal/booking/confirmation/", booking.confirmation, name="confirmation"),
    path("portal/appointments/<int:pk>/", mine.appointment, name="appointment"),
    path("portal/appointments/<int:pk>/calendar.ics", mine.calendar, name="calendar"),
    path("portal/appointments/<int:pk>/cancellation/", mine.cancellation, name="cancellation"),
    path("portal/requests/<int:pk>/", mine.asked, name="asked"),
    path("portal/requests/<int:pk>/choice/", mine.choice, name="choice"),
    path("portal/requests/<int:pk>/withdrawal/", mine.withdrawal, name="withdrawal"),
    path("portal/waitlist/new/", waiting.new, name="wait_new"),
    path("portal/waitlist/<int:pk>/", waiting.waiting, name="waiting"),
    path("portal/waitlist/<int:pk>/choice/", waiting.taking, name="wait_taking"),
    path("portal/waitlist/<int:pk>/refusal/", waiting.refusal, name="wait_refusal"),
    path("portal/waitlist/<int:pk>/withdrawal/", waiting.leaving, name="wait_leaving"),
]
