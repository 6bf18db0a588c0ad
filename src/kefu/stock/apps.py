"""Application of the stock module."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "kefu.stock"
    label = "stock"
