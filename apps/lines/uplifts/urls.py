from django.urls import path

from apps.lines.uplifts import api, views

urlpatterns = [
    path("options-margin/uplifts/", views.uplifts, name="uplifts"),
    path("options-margin/uplifts/propose/", views.propose, name="propose-uplift"),
    path("options-margin/uplifts/<int:number>/", views.uplift, name="uplift"),
    path("api/options-margin/uplifts/", api.Uplifts.as_view(), name="api-uplifts"),
    path("api/options-margin/uplifts/<int:number>/", api.OneUplift.as_view(), name="api-uplift"),
]
