"""Addresses of the warehouse."""

from django.urls import path

from kefu.stock.views import balances, climate, issues, listing, recalls, receipts, stocktakes, warehouses

app_name = "stock"
urlpatterns = [
    path("stock/", listing.listing, name="list"),
    path("stock/central/", listing.central, name="central"),
    path("stock/slow-lots/", listing.slow, name="slow"),
    path("stock/products/<str:code>/", listing.product, name="product"),
    path("stock/receipts/new/", receipts.new, name="receive"),
    path("stock/receipts/<int:pk>/", receipts.show, name="receipt"),
    path("stock/receipts/<int:pk>/prints/", receipts.printout, name="receipt_print"),
    path("stock/issues/", issues.listing, name="issues"),
    path("stock/issues/new/", issues.new, name="pick"),
    path("stock/issues/<int:pk>/", issues.show, name="issue"),
    path("stock/issues/<int:pk>/return/", issues.giving_back, name="return"),
    path("stock/issues/<int:pk>/prints/", issues.printout, name="issue_print"),
    path("stock/balances/<int:pk>/", balances.show, name="balance"),
    path("stock/balances/<int:pk>/count/", balances.count, name="count"),
    path("stock/balances/<int:pk>/quality/", balances.quality, name="quality"),
    path("stock/balances/<int:pk>/zone/", balances.zone, name="zone"),
    path("stock/balances/<int:pk>/exchange/", balances.exchange, name="exchange"),
    path("stock/lots/<int:pk>/checks/", balances.check, name="check"),
    path("stock/climate/", climate.overview, name="climate"),
    path("stock/climate/zones/<int:pk>/", climate.zone, name="climate_zone"),
    path("stock/climate/zones/<int:pk>/readings/", climate.log, name="climate_log"),
    path("stock/climate/breaches/<int:pk>/", climate.breach, name="breach"),
    path("stock/climate/breaches/<int:pk>/closing/", climate.close, name="breach_close"),
    path("stock/climate/breaches/<int:pk>/lots/<int:held_id>/", climate.decide, name="held"),
    path("stock/recalls/", recalls.listing, name="recalls"),
    path("stock/recalls/new/", recalls.new, name="recall_new"),
    path("stock/recalls/<int:pk>/", recalls.show, name="recall"),
    path("stock/recalls/<int:pk>/lift/", recalls.lift, name="recall_lift"),
    path("stock/recalls/<int:pk>/customers/<int:customer_id>/", recalls.told, name="recall_told"),
    path("stock/stocktakes/", stocktakes.listing, name="stocktakes"),
    path("stock/stocktakes/new/", stocktakes.new, name="stocktake_new"),
    path("stock/stocktakes/<int:pk>/", stocktakes.show, name="stocktake"),
    path("stock/stocktakes/<int:pk>/counts/", stocktakes.count, name="stocktake_count"),
    path("stock/stocktakes/<int:pk>/found/", stocktakes.found, name="stocktake_found"),
    path("stock/stocktakes/<int:pk>/lines/<int:line_id>/", stocktakes.explain, name="stocktake_explain"),
    path("stock/stocktakes/<int:pk>/posting/", stocktakes.post, name="stocktake_post"),
    path("stock/stocktakes/<int:pk>/dropping/", stocktakes.drop, name="stocktake_drop"),
    path("stock/stocktakes/<int:pk>/prints/", stocktakes.printout, name="stocktake_print"),
    path("stock/warehouses/", warehouses.listing, name="warehouses"),
    path("stock/warehouses/<str:code>/keeper/", warehouses.keeper, name="keeper"),
]
