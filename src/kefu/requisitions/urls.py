"""Addresses of requisitions."""

from django.urls import path

from kefu.requisitions.views import arriving, lendings, par, requisitions, sending

app_name = "requisitions"
urlpatterns = [
    path("requisitions/", requisitions.listing, name="list"),
    path("requisitions/new/", requisitions.new, name="new"),
    path("requisitions/<int:pk>/", requisitions.show, name="requisition"),
    path("requisitions/<int:pk>/lines/", requisitions.lines, name="lines"),
    path("requisitions/<int:pk>/signature/", requisitions.sign, name="sign"),
    path("requisitions/<int:pk>/check/", requisitions.check, name="check"),
    path("requisitions/<int:pk>/approval/", requisitions.approve, name="approve"),
    path("requisitions/<int:pk>/rejection/", requisitions.reject, name="reject"),
    path("requisitions/<int:pk>/withdrawal/", requisitions.withdraw, name="withdraw"),
    path("requisitions/<int:pk>/prints/", requisitions.printout, name="print"),
    path("requisitions/<int:pk>/picking/", sending.picking, name="picking"),
    path("requisitions/<int:pk>/picking/<int:row>/miss/", sending.miss, name="miss"),
    path("requisitions/<int:pk>/picking/refill/", sending.refill, name="refill"),
    path("requisitions/<int:pk>/packing/<slug:point>/", sending.packing, name="packing"),
    path("requisitions/<int:pk>/parcels/", sending.parcel, name="parcel"),
    path("requisitions/<int:pk>/issue/", sending.issue, name="issue"),
    path("requisitions/<int:pk>/arrival/", arriving.arrival, name="arrival"),
    path("requisitions/<int:pk>/settlements/", arriving.settle, name="settle"),
    path("requisitions/<int:pk>/settlements/<int:settlement>/consents/", arriving.consent, name="consent"),
    path("requisitions/<int:pk>/settlements/<int:settlement>/withdrawal/", arriving.drop, name="drop_loss"),
    path("transfers/", requisitions.transit, name="transit"),
    path("par-levels/", par.listing, name="par"),
    path("lendings/", lendings.listing, name="lendings"),
    path("lendings/new/", lendings.new, name="lending_new"),
    path("lendings/<int:pk>/", lendings.show, name="lending"),
    path("lendings/<int:pk>/consent/", lendings.agree, name="lending_agree"),
    path("lendings/<int:pk>/refusal/", lendings.refuse, name="lending_refuse"),
    path("lendings/<int:pk>/withdrawal/", lendings.withdraw, name="lending_withdraw"),
    path("lendings/<int:pk>/handing/", lendings.hand, name="lending_hand"),
    path("lendings/<int:pk>/lots/<int:lot>/return/", lendings.bring_back, name="lending_return"),
]
