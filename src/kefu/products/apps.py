"""Application of the products module."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "kefu.products"
    label = "products"
