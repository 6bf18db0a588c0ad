"""Addresses of the catalogue."""

from django.urls import path

from kefu.products.views import examinations, goods, packages

app_name = "products"
urlpatterns = [
    path("products/", goods.listing, name="products"),
    path("products/new/", goods.new, name="new_product"),
    path("products/<str:code>/", goods.show, name="product"),
    path("products/<str:code>/edition/", goods.edition, name="product_edition"),
    path("products/<str:code>/price/", goods.price, name="product_price"),
    path("products/<str:code>/confirmation/", goods.confirmation, name="product_confirmation"),
    path("test-items/", examinations.listing, name="items"),
    path("test-items/<str:code>/", examinations.show, name="item"),
    path("test-items/<str:code>/edition/", examinations.edition, name="item_edition"),
    path("test-items/<str:code>/price/", examinations.price, name="item_price"),
    path("test-items/<str:code>/confirmation/", examinations.confirmation, name="item_confirmation"),
    path("test-items/<str:code>/guide/", examinations.guide, name="guide"),
    path("test-items/<str:code>/analytes/<str:analyte_code>/", examinations.analyte, name="analyte"),
    path("packages/<str:code>/", packages.show, name="package"),
    path("packages/<str:code>/edition/", packages.edition, name="package_edition"),
    path("packages/<str:code>/price/", packages.price, name="package_price"),
    path("packages/<str:code>/confirmation/", packages.confirmation, name="package_confirmation"),
]
