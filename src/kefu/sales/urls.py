"""Addresses of purchases."""

from django.urls import path

from kefu.sales.views import advising, reversals
from kefu.sales.views import purchases as views

app_name = "sales"
urlpatterns = [
    path("product-desk/", advising.desk, name="desk"),
    path("purchases/", views.purchases, name="purchases"),
    path("purchases/<int:pk>/", views.purchase, name="purchase"),
    path("purchases/<int:pk>/quantities/", views.quantities, name="quantities"),
    path("purchases/<int:pk>/printout/", views.printout, name="printout"),
    path("purchases/<int:pk>/signature/", views.signature, name="signature"),
    path("purchases/<int:pk>/dispatch/", views.dispatch, name="dispatch"),
    path("purchases/<int:pk>/cancellation/", views.cancellation, name="cancellation"),
    path("purchases/<int:pk>/return/", views.return_, name="return"),
    path("purchases/<int:pk>/reversals/new/", reversals.new_reversal, name="new_reversal"),
    path("purchases/<int:pk>/settlements/", reversals.settlements, name="settlements"),
    path("purchases/<int:pk>/reservation/", reversals.reservation, name="reservation"),
    path("purchases/reversals/", reversals.reversals, name="reversals"),
    path("purchases/reversals/<int:pk>/", reversals.reversal, name="reversal"),
    path("purchases/reversals/<int:pk>/prints/", reversals.reversal_print, name="reversal_print"),
    path("purchases/settlements/<int:pk>/prints/", reversals.settlement_print, name="settlement_print"),
    path("purchases/shortages/", reversals.shortages, name="shortages"),
    path("customers/<int:customer_id>/preferences/", views.preferences, name="preferences"),
    path(
        "customers/<int:customer_id>/preferences/<int:preference_id>/ending/",
        views.preference_ending,
        name="preference_ending",
    ),
    path("customers/<int:customer_id>/purchases/next/", views.next_step, name="next"),
    path("customers/<int:customer_id>/purchases/new/", views.prescription, name="new"),
]
