"""Addresses of the customers."""

from django.urls import path

from kefu.customers.views import archive, consents, details, editing, exporting, lists, owners, page, readers, standing

app_name = "customers"
urlpatterns = [
    path("search/", lists.search, name="search"),
    path("customers/", lists.customer_list, name="list"),
    path("customers/new/", lists.lead_form, name="new"),
    path("customers/export/", exporting.export_form, name="export"),
    path("customers/duplicates/", lists.duplicates, name="duplicates"),
    path("customers/pick/", lists.pick, name="pick"),
    path("customers/<int:customer_id>/", page.customer_page, name="page"),
    path("customers/<int:customer_id>/tabs/<slug:tab>/", page.customer_page, name="tab"),
    path("customers/<int:customer_id>/archive/", archive.archive_form, name="archive"),
    path("customers/<int:customer_id>/edit/", editing.edit_form, name="edit"),
    path("customers/<int:customer_id>/edit/resolution/", editing.resolution, name="resolution"),
    path("customers/<int:customer_id>/card/reveal/", details.reveal_card, name="card_reveal"),
    path("customers/<int:customer_id>/contacts/", details.contacts, name="contacts"),
    path("customers/<int:customer_id>/contacts/<int:contact_id>/reveal/", details.reveal, name="reveal"),
    path(
        "customers/<int:customer_id>/contacts/<int:contact_id>/retirement/",
        details.contact_retirement,
        name="contact_retirement",
    ),
    path("customers/<int:customer_id>/family/", details.family, name="family"),
    path("customers/<int:customer_id>/family/<int:link_id>/ending/", details.family_ending, name="family_ending"),
    path("customers/<int:customer_id>/identity-checks/", details.identity_checks, name="identity_checks"),
    path("customers/<int:customer_id>/consents/sheet/", consents.sheet, name="consent_sheet"),
    path("customers/<int:customer_id>/consents/<int:entry_id>/", consents.consent, name="consent"),
    path("customers/<int:customer_id>/consents/<slug:scope>/giving/", consents.giving, name="consent_giving"),
    path(
        "customers/<int:customer_id>/consents/<slug:scope>/withdrawal/",
        consents.withdrawal,
        name="consent_withdrawal",
    ),
    path("customers/<int:customer_id>/readers/print/", readers.printing, name="readers_print"),
    path("customers/<int:customer_id>/owner/", owners.owner_form, name="owner"),
    path("customers/<int:customer_id>/handover/", owners.handover_form, name="handover"),
    path("customers/<int:customer_id>/taking/", owners.taking, name="taking"),
    path("trackings/", standing.tracking_list, name="trackings"),
    path("leads/", standing.lead_list, name="leads"),
    path("customers/<int:customer_id>/trackings/", standing.tracking, name="tracking"),
    path("customers/<int:customer_id>/classes/", standing.classes, name="classes"),
    path("customers/<int:customer_id>/rung/", standing.rung, name="rung"),
    path("customers/<int:customer_id>/deals/", standing.deals, name="deals"),
    path("customers/<int:customer_id>/deals/<int:deal_id>/check/", standing.deal_check, name="deal_check"),
    path("customers/<int:customer_id>/closure/", owners.closure, name="closure"),
    path("customers/<int:customer_id>/reopening/", owners.reopening, name="reopening"),
    path("consent-texts/", consents.texts, name="consent_texts"),
    path("consent-texts/<slug:scope>/", consents.text_form, name="consent_text"),
]
