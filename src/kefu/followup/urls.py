"""Addresses of follow-ups."""

from django.urls import path

from kefu.followup import views

app_name = "followup"
urlpatterns = [
    path("follow-ups/", views.due, name="due"),
    path("follow-ups/<int:pk>/", views.follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/contacts/", views.contacts, name="contacts"),
    path("follow-ups/<int:pk>/day/", views.day, name="day"),
    path("follow-ups/<int:pk>/taking/", views.taking, name="taking"),
    path("follow-ups/<int:pk>/stopping/", views.stopping, name="stopping"),
    path("customers/<int:customer_id>/follow-ups/stopping/", views.stopping_all, name="stopping_all"),
]
