"""Addresses of billing."""

from django.urls import path

from kefu.billing.views import charges, desks, payments, refunds

app_name = "billing"
urlpatterns = [
    path("charges/<int:pk>/", charges.show, name="charge"),
    path("charges/<int:pk>/cancellation/", charges.cancellation, name="cancellation"),
    path("customers/<int:customer_id>/payments/new/", payments.new, name="pay"),
    path("payments/", payments.day, name="payments"),
    path("payments/<int:pk>/", payments.show_payment, name="payment"),
    path("payments/<int:pk>/void/", payments.void, name="void"),
    path("payments/<int:pk>/prints/", payments.printout, name="receipt"),
    path("payments/<int:pk>/refunds/new/", refunds.asking, name="refund_ask"),
    path("refunds/", refunds.refund_list, name="refunds"),
    path("refunds/<int:pk>/", refunds.show_refund, name="refund"),
    path("refunds/<int:pk>/payout/", refunds.payout, name="payout"),
    path("refunds/<int:pk>/prints/", refunds.printout, name="refund_slip"),
    path("desks/", desks.desks, name="desks"),
    path("desks/<int:node_id>/new/", desks.opening, name="desk_new"),
]
