"""Addresses of prints."""

from django.urls import path

from kefu.foundation.printing import views

app_name = "printing"
urlpatterns = [path("prints/<int:print_id>.pdf", views.show, name="show")]
