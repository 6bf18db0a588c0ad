"""Addresses of messages, templates and contacts."""

from django.urls import path

from kefu.messaging import callbacks, template_views, views

urlpatterns = [
    path("messages/", views.message_list, name="message_list"),
    path("messages/templates/", template_views.template_list, name="template_list"),
    path("messages/templates/<slug:code>/", template_views.template_detail, name="template_detail"),
    path("messages/templates/<slug:code>/versions/new/", template_views.template_version, name="template_version"),
    path("messages/templates/<slug:code>/preview/", template_views.template_preview, name="template_preview"),
    path(
        "messages/templates/<slug:code>/registrations/<slug:provider>/<slug:language>/",
        template_views.template_registration,
        name="template_registration",
    ),
    path("messages/costs/", views.message_costs, name="message_costs"),
    path("messages/<int:message_id>/resends/", views.message_resend, name="message_resend"),
    path("receipts/<slug:profile>/", callbacks.receipt, name="receipt"),
    path("receipts/<slug:profile>/<slug:token>/", callbacks.receipt, name="receipt_secret"),
    path("messages/templates/<slug:code>/test/", template_views.template_test, name="template_test"),
    path("customers/<int:customer_id>/message-wishes/", views.wish_edit, name="wish_edit"),
    path("customers/<int:customer_id>/contact-attempts/new/", views.contact_new, name="contact_new"),
    path("customers/<int:customer_id>/opt-out/", views.opt_out_edit, name="opt_out_edit"),
]
