"""Application of the sentences; finds every module's `sentences.py`, said already or not."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SentencesConfig(AppConfig):
    name = "kefu.foundation.sentences"
    label = "sentences"

    def ready(self) -> None:
        autodiscover_modules("sentences")
