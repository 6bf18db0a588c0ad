"""Addresses of files."""

from django.urls import path

from kefu.foundation.files import views

app_name = "files"
urlpatterns = [
    path("files/<int:attachment_id>/", views.show, name="show"),
    path("files/<int:attachment_id>/withdrawal/", views.withdraw, name="withdraw"),
    path("files/on/<str:subject_kind>/<int:subject_id>/", views.attach, name="attach"),
]
