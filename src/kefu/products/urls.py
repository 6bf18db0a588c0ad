"""Addresses of the catalogue."""

from django.urls import path

from kefu.products.views import examinations, facts, goods, labels, packages, prices, promotions

app_name = "products"
urlpatterns = [
    path("products/", goods.listing, name="products"),
    path("products/new/", goods.new, name="new_product"),
    path("products/<str:code>/", goods.show, name="product"),
    path("products/<str:code>/edition/", goods.edition, name="product_edition"),
    path("products/<str:code>/price/", goods.price, name="product_price"),
    path("products/<str:code>/confirmation/", goods.confirmation, name="product_confirmation"),
    path("products/<str:code>/barcodes/", facts.barcodes, name="barcodes"),
    path("products/<str:code>/reports/", facts.report, name="report"),
    path("products/<str:code>/periods/", prices.period, name="period"),
    path("product-prices/", prices.listing, name="periods"),
    path("product-prices/<int:pk>/ending/", prices.ending, name="ending"),
    path("product-list/", prices.product_list, name="list_print"),
    path("product-reports/", facts.reports, name="reports"),
    path("product-reports/<int:pk>/settlement/", facts.settlement, name="settlement"),
    path("product-categories/", facts.categories, name="categories"),
    path("product-categories/<str:code>/facts/", facts.needed, name="needed"),
    path("product-labels/", labels.today, name="labels"),
    path("product-labels/checks/", labels.checks, name="label_checks"),
    path("product-labels/missing/<int:pk>/", labels.put, name="label_put"),
    path("product-labels/<str:node_code>/<str:category_code>/", labels.check, name="label_check"),
    path("promotions/", promotions.listing, name="promotions"),
    path("promotions/new/", promotions.new, name="promotion_new"),
    path("promotions/<int:pk>/", promotions.show, name="promotion"),
    path("promotions/<int:pk>/decision/", promotions.decision, name="promotion_decision"),
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
