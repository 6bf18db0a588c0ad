"""Addresses of orders, kits and samples; the reports bring their own."""

from django.urls import URLPattern, URLResolver, include, path

from kefu.lab.views import check_in, kits, orders, papers, placing

app_name = "lab"
urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/<int:customer_id>/lab-orders/new/", placing.new, name="order_new"),
    path("customers/<int:customer_id>/lab-orders/next/", orders.next_order, name="order_next"),
    path("customers/<int:customer_id>/samples/next/", check_in.next_samples, name="check_in_next"),
    path("lab-orders/", orders.order_list, name="orders"),
    path("lab-orders/quote/<int:customer_id>/", placing.quote, name="quote"),
    path("lab-orders/<int:pk>/", orders.order, name="order"),
    path("lab-orders/<int:pk>/change/", placing.change, name="change"),
    path("lab-orders/<int:pk>/cancellation/", orders.cancellation, name="cancellation"),
    path("lab-orders/<int:pk>/signature/", papers.signature, name="signature"),
    path("lab-orders/<int:pk>/prints/<str:document>/", papers.prints, name="prints"),
    path("lab-orders/<int:pk>/guide/", papers.guide, name="guide"),
    path("lab-orders/<int:pk>/kit/", kits.kit, name="kit"),
    path("lab-orders/<int:pk>/replacement-kit/", kits.replacement_kit, name="replacement_kit"),
    path("lab-orders/<int:pk>/kits/<int:issue_id>/return/", kits.kit_return, name="kit_return"),
    path("lab-orders/<int:pk>/consignments/", kits.consignments, name="consignments"),
    path("samples/", check_in.sample_list, name="samples"),
    path("samples/check-in/", check_in.check_in, name="check_in"),
    path("samples/checks/", check_in.checks, name="checks"),
    path("samples/<int:pk>/check/cancellation/", check_in.check_cancellation, name="check_cancellation"),
    path("", include("kefu.lab.reports_urls")),
]
