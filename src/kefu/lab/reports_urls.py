"""Addresses of laboratory messages and reports."""

from django.urls import path

from kefu.lab.views import messages, paper_reports, reports, review

urlpatterns = [
    path("customers/<int:customer_id>/reports/next/", reports.reports_next, name="reports_next"),
    path("lab-messages/", messages.message_list, name="messages"),
    path("lab-messages/laboratories/", messages.laboratories, name="laboratories"),
    path("lab-messages/<int:pk>/", messages.message, name="message"),
    path("lab-messages/<int:pk>/filing/", messages.filing, name="message_filing"),
    path("lab-messages/<int:pk>/dismissal/", messages.dismissal, name="message_dismissal"),
    path("reports/review/", review.review_desk, name="review_desk"),
    path("reports/review/<int:pk>/", review.review, name="review"),
    path("reports/papers/", paper_reports.paper_list, name="papers"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/approval/", review.approval, name="report_approval"),
    path("reports/<int:pk>/return/", review.report_return, name="report_return"),
    path("reports/<int:pk>/approval/withdrawal/", review.withdrawal, name="report_withdrawal"),
    path("reports/<int:pk>/acknowledgement/", review.acknowledgement, name="report_acknowledgement"),
    path("reports/<int:pk>/overall/", reports.overall, name="overall"),
    path("reports/<int:pk>/overall/draft/", reports.overall_draft, name="overall_draft"),
    path("reports/<int:pk>/paper/", paper_reports.paper, name="paper"),
    path("reports/<int:pk>/paper/copy/", paper_reports.reprint, name="paper_copy"),
    path("reports/<int:pk>/handover/", paper_reports.handover, name="handover"),
    path("reports/<int:pk>/handover/receipt/", paper_reports.receipt, name="handover_receipt"),
    path("reports/<int:pk>/handover/correction/", paper_reports.handover_correction, name="handover_correction"),
    path("reports/<int:pk>/interpretation/", reports.interpretation, name="interpretation"),
]
