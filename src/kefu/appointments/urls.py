"""Addresses of appointments."""

from django.urls import path, re_path

from kefu.appointments import views

app_name = "appointments"
urlpatterns = [
    path("appointments/", views.day, name="day"),
    path("appointments/schedule/", views.schedule, name="schedule"),
    path("appointments/schedule/hours/<int:pk>/end/", views.hours_end, name="hours_end"),
    path("appointments/schedule/exceptions/<int:pk>/removal/", views.exception_removal, name="exception_removal"),
    path("appointments/<int:pk>/", views.appointment, name="appointment"),
    path("appointments/<int:pk>/time/", views.time, name="time"),
    path("appointments/<int:pk>/cancellation/", views.cancellation, name="cancellation"),
    re_path(r"^appointments/(?P<pk>[0-9]+)/(?P<code>arrived|completed|no_show)/$", views.status, name="status"),
    path("customers/<int:customer_id>/appointments/new/", views.new, name="new"),
]
