"""Addresses of follow-ups."""

from django.urls import path, re_path

from kefu.followup.views import follow_ups as views
from kefu.followup.views import greetings, pushes

app_name = "followup"
urlpatterns = [
    path("follow-ups/", views.due, name="due"),
    path("follow-ups/<int:pk>/", views.follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/contacts/", views.contacts, name="contacts"),
    path("follow-ups/<int:pk>/day/", views.day, name="day"),
    path("follow-ups/<int:pk>/taking/", views.taking, name="taking"),
    path("follow-ups/<int:pk>/stopping/", views.stopping, name="stopping"),
    path("customers/<int:customer_id>/follow-ups/stopping/", views.stopping_all, name="stopping_all"),
    path("birthdays/", greetings.birthdays, name="birthdays"),
    path("festivals/", greetings.festivals, name="festivals"),
    path("festivals/<slug:code>/", greetings.festival, name="festival"),
    path("festivals/<slug:code>/switch/", greetings.festival_switch, name="festival_switch"),
    path("pushes/", pushes.pushes, name="pushes"),
    path("pushes/new/", pushes.push_new, name="push_new"),
    path("pushes/<int:pk>/", pushes.push, name="push"),
    path("pushes/<int:pk>/test/", pushes.push_test, name="push_test"),
    path(
        "pushes/<int:pk>/registrations/<slug:provider>/<slug:language>/",
        pushes.push_registration,
        name="push_registration",
    ),
    re_path(r"^pushes/(?P<pk>[0-9]+)/(?P<verb>approval|start|pause|stop)/$", pushes.push_step, name="push_step"),
]
