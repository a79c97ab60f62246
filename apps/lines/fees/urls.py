from django.urls import path

from apps.lines.fees import api, views

urlpatterns = [
    path("fees/", views.fees, name="fees"),
    path("fees/calculator/", views.calculator, name="fee-calculator"),
    path("fees/propose/", views.propose, name="propose-rate"),
    path("fees/rates/<int:number>/", views.fee_rate, name="fee-rate"),
    path("api/fees/", api.Fees.as_view(), name="api-fees"),
    path("api/fees/trade/", api.BillOfTrade.as_view(), name="api-fees-trade"),
    path("api/fees/reserve/", api.ReserveNeed.as_view(), name="api-fees-reserve"),
    path("api/fees/minimum/", api.MinimumOfReserve.as_view(), name="api-fees-minimum"),
    path("api/fees/repo/", api.RepoInterest.as_view(), name="api-fees-repo"),
    path("api/fees/rates/<int:number>/", api.OneFeeRate.as_view(), name="api-fee-rate"),
]
