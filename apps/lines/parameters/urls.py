from django.urls import path

from apps.lines.parameters import api, views

urlpatterns = [
    path("parameters/", views.parameters, name="parameters"),
    path("api/parameters/", api.Parameters.as_view(), name="api-parameters"),
]
