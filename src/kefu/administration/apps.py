"""Application of the administrator's screens."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AdministrationConfig(AppConfig):
    name = "kefu.administration"
    label = "administration"

    def ready(self) -> None:
        from kefu.administration import exchange, jobs, slots, subscribers  # noqa: F401  registration

        autodiscover_modules("limits")  # the page of limits shows all of them, used already or not
