"""Addresses of billing."""

from django.urls import path

from kefu.billing import views

app_name = "billing"
urlpatterns = [
    path("charges/<int:pk>/", views.show, name="charge"),
    path("charges/<int:pk>/cancellation/", views.cancellation, name="cancellation"),
]
