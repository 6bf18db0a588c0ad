"""Addresses of the component page."""

from django.urls import path

from kefu.foundation.ui.views import components, components_picker

app_name = "ui"
urlpatterns = [
    path("ui/", components, name="components"),
    path("ui/picker/", components_picker, name="picker"),
]
