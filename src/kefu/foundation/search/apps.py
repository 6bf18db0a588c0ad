"""Application of the search."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "kefu.foundation.search"
    label = "search"
