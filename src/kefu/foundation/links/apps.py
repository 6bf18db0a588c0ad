"""Application of the links that work once."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "kefu.foundation.links"
    label = "links"
