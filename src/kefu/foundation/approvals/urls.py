"""Addresses of the requests."""

from django.urls import path

from kefu.foundation.approvals import views

app_name = "approvals"
urlpatterns = [
    path("requests/", views.request_list, name="list"),
    path("requests/<int:request_id>/", views.request_page, name="request"),
    path("requests/<int:request_id>/decision/", views.decision, name="decision"),
    path("requests/<int:request_id>/withdrawal/", views.withdrawal, name="withdrawal"),
]
