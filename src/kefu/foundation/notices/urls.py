"""Addresses of the bell."""

from django.urls import path

from kefu.foundation.notices import views

urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/readings/", views.notice_readings, name="notice_readings"),
    path("notices/<int:notice_id>/reading/", views.notice_reading, name="notice_reading"),
]
