from django.urls import URLPattern, URLResolver, path

from apps.notices import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/", views.notices, name="notices"),
    path("notices/failed/", views.deliveries, name="deliveries"),
    path("notices/failed/<int:delivery_id>/again/", views.again, name="try-delivery-again"),
    path("api/notices/", api.Notices.as_view(), name="api-notices"),
    path("api/notices/failed/", api.FailedDeliveries.as_view(), name="api-failed-deliveries"),
    path("api/notices/failed/<int:delivery_id>/again/", api.DeliveryAgain.as_view(), name="api-try-delivery-again"),
    path("api/notices/<slug:channel>/", api.NoticesOfChannel.as_view(), name="api-notices-of-channel"),
]
