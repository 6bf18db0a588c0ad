"""Addresses of the hand-overs."""

from django.urls import path

from kefu.foundation.assignments import views

app_name = "assignments"
urlpatterns = [
    path("handovers/", views.handover_list, name="list"),
    path("handovers/<int:assignment_id>/answer/", views.answer, name="answer"),
    path("handovers/<int:assignment_id>/withdrawal/", views.withdrawal, name="withdrawal"),
]
