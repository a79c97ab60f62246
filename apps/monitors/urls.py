from django.urls import path

from apps.monitors import api, views

urlpatterns = [
    path("monitors/", views.monitors, name="monitors"),
    path("monitors/new/", views.new_monitor, name="new-monitor"),
    path("monitors/<int:number>/", views.monitor, name="monitor"),
    path("api/monitors/", api.Monitors.as_view(), name="api-monitors"),
    path("api/monitors/<int:number>/", api.OneMonitor.as_view(), name="api-monitor"),
    path("api/monitors/<int:number>/retire/", api.RetireMonitor.as_view(), name="api-retire-monitor"),
]
