"""The address of live updates."""

from django.urls import path

from kefu.foundation.realtime.views import events

urlpatterns = [path("events/", events, name="events")]
