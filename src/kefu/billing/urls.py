"""Addresses of billing."""

from django.urls import path

from kefu.billing.views import charges, closes, desks, payments, refunds

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
    path("refunds/<int:pk>/dropping/", refunds.dropping, name="refund_drop"),
    path("refunds/<int:pk>/prints/", refunds.printout, name="refund_slip"),
    path("desks/", desks.desks, name="desks"),
    path("desks/<int:node_id>/new/", desks.opening, name="desk_new"),
    path("day-closes/", closes.listing, name="closes"),
    path("day-closes/desks/<int:desk_id>/", closes.closing, name="close_new"),
    path("day-closes/<int:pk>/", closes.show, name="close"),
    path("day-closes/<int:pk>/confirmation/", closes.confirmation, name="close_confirm"),
    path("day-closes/<int:pk>/reopening/", closes.reopening, name="close_reopen"),
    path("day-closes/<int:pk>/prints/", closes.printout, name="close_print"),
]
