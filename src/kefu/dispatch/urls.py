"""Addresses of the dispatch registers."""

from django.urls import path

from kefu.dispatch.views import backs, days, runs, sheets, wishes

app_name = "dispatch"
urlpatterns = [
    path("dispatch/runs/", runs.listing, name="runs"),
    path("dispatch/runs/new/", runs.new, name="run_new"),
    path("dispatch/runs/<int:pk>/", runs.show, name="run"),
    path("dispatch/runs/<int:pk>/plan/", runs.change, name="run_change"),
    path("dispatch/runs/<int:pk>/orders/", runs.load, name="run_load"),
    path("dispatch/runs/<int:pk>/orders/<int:line>/removal/", runs.unload, name="run_unload"),
    path("dispatch/runs/<int:pk>/short/", runs.short, name="run_short"),
    path("dispatch/runs/<int:pk>/departure/", runs.depart, name="run_depart"),
    path("dispatch/runs/<int:pk>/cancellation/", runs.cancel, name="run_cancel"),
    path("dispatch/runs/<int:pk>/prints/", runs.printout, name="run_print"),
    path("dispatch/short/", runs.short_listing, name="short"),
    path("dispatch/short/<int:pk>/supplies/", runs.supply, name="short_supply"),
    path("dispatch/returns/", backs.listing, name="backs"),
    path("dispatch/returns/new/", backs.new, name="back_new"),
    path("dispatch/returns/<int:pk>/", backs.show, name="back"),
    path("dispatch/returns/<int:pk>/collection/", backs.collect, name="back_collect"),
    path("dispatch/returns/<int:pk>/receipt/", backs.receive, name="back_receive"),
    path("dispatch/returns/<int:pk>/closing/", backs.close, name="back_close"),
    path("dispatch/returns/<int:pk>/prints/", backs.printout, name="back_print"),
    path("dispatch/day/", days.show, name="day"),
    path("dispatch/day/lists/", days.hand_in, name="day_hand_in"),
    path("dispatch/day/lists/<int:pk>/prints/", days.printout, name="day_print"),
    path("dispatch/wishes/", wishes.listing, name="wishes"),
    path("dispatch/wishes/new/", wishes.new, name="wish_new"),
    path("dispatch/wishes/<int:pk>/", wishes.show, name="wish"),
    path("dispatch/wishes/<int:pk>/notes/", wishes.say, name="wish_say"),
    path("dispatch/wishes/<int:pk>/replies/", wishes.reply, name="wish_reply"),
    path("dispatch/wishes/<int:pk>/reading/", wishes.read, name="wish_read"),
    path("dispatch/wishes/<int:pk>/told/", wishes.pass_on, name="wish_pass_on"),
    path("dispatch/sheets/", sheets.listing, name="sheets"),
    path("dispatch/sheets/new/", sheets.begin, name="sheet_new"),
    path("dispatch/sheets/<int:pk>/", sheets.show, name="sheet"),
    path("dispatch/sheets/<int:pk>/slips/<int:line>/check/", sheets.check, name="sheet_check"),
    path("dispatch/sheets/<int:pk>/slips/<int:line>/settlement/", sheets.settle, name="sheet_settle"),
    path("dispatch/sheets/<int:pk>/posting/", sheets.post, name="sheet_post"),
    path("dispatch/listing/", sheets.corrections, name="listing"),
]
