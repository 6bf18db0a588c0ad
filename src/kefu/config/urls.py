"""All addresses: each module's own urls, mounted at the root since their paths begin with their noun."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from kefu.config.health import healthz
from kefu.config.language import set_language
from kefu.config.workbench import workbench


def _ours() -> list[str]:
    return [app.name for app in apps.get_app_configs() if app.name.startswith("kefu.") and app.name != "kefu.config"]


def _api() -> list[URLPattern | URLResolver]:
    if not find_spec("kefu.foundation.api.routers"):
        return []
    api = import_module("kefu.foundation.api.routers").make_api()
    for name in _ours():
        if find_spec(f"{name}.api") and name != "kefu.foundation.api":
            api.add_router("", import_module(f"{name}.api").router)
    return [path("api/v1/", api.urls)]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", workbench, name="workbench"),
    path("healthz", healthz, name="healthz"),
    path("i18n/setlang/", set_language, name="set_language"),
    *_api(),
    *[path("", include(f"{name}.urls")) for name in _ours() if find_spec(f"{name}.urls")],
]
