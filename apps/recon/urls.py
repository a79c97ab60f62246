from django.urls import path

from apps.recon import api, views

urlpatterns = [
    path("breaks/", views.list_breaks, name="breaks"),
    path("breaks/<int:break_id>/explain/", views.explain, name="explain-break"),
    path("api/breaks/", api.BreakList.as_view(), name="api-breaks"),
    path("api/breaks/<int:break_id>/", api.BreakDetail.as_view(), name="api-break"),
    path("api/breaks/<int:break_id>/explain/", api.ExplainBreak.as_view(), name="api-explain-break"),
]
