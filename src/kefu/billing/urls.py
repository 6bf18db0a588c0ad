"""Addresses of billing."""

from django.urls import path

from kefu.billing.views import charges, closes, desks, payments, prepaid, prepaid_verbs, refunds, weeks

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
    path("customers/<int:customer_id>/prepaid/new/", prepaid.new, name="prepaid_new"),
    path("prepaid/", prepaid.listing, name="prepaids"),
    path("prepaid/<int:pk>/", prepaid.show, name="prepaid"),
    path("prepaid/<int:pk>/prints/", prepaid.printout, name="prepaid_print"),
    path("prepaid/<int:pk>/deductions/new/", prepaid_verbs.deduction, name="prepaid_deduct"),
    path("prepaid/<int:pk>/freezes/new/", prepaid_verbs.freezing, name="prepaid_freeze"),
    path("prepaid/<int:pk>/thawing/", prepaid_verbs.thawing, name="prepaid_thaw"),
    path("prepaid/<int:pk>/transfers/new/", prepaid_verbs.transferring, name="prepaid_transfer"),
    path("prepaid/<int:pk>/refunds/new/", prepaid_verbs.refunding, name="prepaid_refund"),
    path("prepaid/entries/<int:pk>/counter/", prepaid_verbs.countering, name="prepaid_counter"),
    path("prepaid/entries/<int:pk>/return/", prepaid_verbs.returning, name="prepaid_return"),
    path("prepaid/lows/<int:pk>/outcome/", prepaid_verbs.outcome, name="prepaid_outcome"),
    path("prepaid-weeks/", weeks.listing, name="weeks"),
    path("prepaid-weeks/new/<int:node_id>/<str:monday>/", weeks.new, name="week_new"),
    path("prepaid-weeks/<int:pk>/", weeks.show, name="week"),
    path("prepaid-weeks/<int:pk>/confirmation/", weeks.confirmation, name="week_confirm"),
    path("prepaid-weeks/<int:pk>/dropping/", weeks.dropping, name="week_drop"),
]
