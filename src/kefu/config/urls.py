"""All addresses: each module's own urls, mounted under its name."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"{app.name}.urls"))
    for app in apps.get_app_configs()
    if app.name.startswith("kefu.") and app.name != "kefu.config" and find_spec(f"{app.name}.urls")
]
