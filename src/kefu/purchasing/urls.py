"""Addresses of purchasing."""

from django.urls import path

from kefu.purchasing.views import deliveries, orders, proposals, requests, suppliers

app_name = "purchasing"
urlpatterns = [
    path("purchasing/suppliers/", suppliers.listing, name="suppliers"),
    path("purchasing/suppliers/new/", suppliers.new, name="supplier_new"),
    path("purchasing/suppliers/<int:pk>/", suppliers.show, name="supplier"),
    path("purchasing/suppliers/<int:pk>/terms/", suppliers.change, name="supplier_terms"),
    path("purchasing/suppliers/<int:pk>/supplies/", suppliers.supply, name="supply"),
    path("purchasing/suppliers/<int:pk>/prices/", suppliers.price, name="price"),
    path("purchasing/proposals/", proposals.listing, name="proposals"),
    path("purchasing/proposals/runs/", proposals.run, name="proposal_run"),
    path("purchasing/proposals/<int:pk>/", proposals.show, name="proposal"),
    path("purchasing/proposals/<int:pk>/request/", proposals.ask, name="proposal_ask"),
    path("purchasing/proposals/<int:pk>/lines/<int:line_id>/", proposals.quantity, name="proposal_line"),
    path("purchasing/requests/", requests.listing, name="requests"),
    path("purchasing/requests/new/", requests.new, name="request_new"),
    path("purchasing/requests/<int:pk>/", requests.show, name="request"),
    path("purchasing/requests/<int:pk>/decision/", requests.decide, name="request_decide"),
    path("purchasing/requests/<int:pk>/withdrawal/", requests.withdraw, name="request_withdraw"),
    path("purchasing/orders/", orders.listing, name="orders"),
    path("purchasing/orders/<int:pk>/", orders.show, name="order"),
    path("purchasing/orders/<int:pk>/sendings/", orders.send, name="order_send"),
    path("purchasing/orders/<int:pk>/facts/", orders.fact, name="order_fact"),
    path("purchasing/orders/<int:pk>/closing/", orders.close, name="order_close"),
    path("purchasing/orders/<int:pk>/prints/", orders.printout, name="order_print"),
    path("purchasing/deliveries/", deliveries.listing, name="deliveries"),
    path("purchasing/deliveries/new/", deliveries.new, name="delivery_new"),
    path("purchasing/deliveries/<int:pk>/", deliveries.show, name="delivery"),
    path("purchasing/deliveries/<int:pk>/counts/", deliveries.count, name="delivery_count"),
    path("purchasing/deliveries/<int:pk>/allowances/<int:product_id>/", deliveries.allow, name="delivery_allow"),
    path("purchasing/deliveries/<int:pk>/stock-in/", deliveries.book, name="delivery_book"),
    path("purchasing/deliveries/<int:pk>/dropping/", deliveries.drop, name="delivery_drop"),
    path("purchasing/comparison/", orders.comparison, name="comparison"),
]
