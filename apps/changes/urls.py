from django.urls import URLPattern, URLResolver, path

from apps.changes import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("topology/", views.topology, name="topology"),
    path("processes/<slug:key>/versions/<int:number>/impact/", views.version_impact, name="version-impact"),
    path("processes/<slug:key>/versions/<int:number>/replay/", views.version_replay, name="version-replay"),
    path("api/topology/", api.Topology.as_view(), name="api-topology"),
    path("api/impact/<slug:key>/<int:number>/", api.VersionImpact.as_view(), name="api-version-impact"),
    path("api/replay/<slug:key>/<int:number>/", api.VersionReplay.as_view(), name="api-version-replay"),
    path("changes/", views.changes, name="changes"),
    path("changes/propose-day/", views.propose_day, name="propose-day"),
    path("api/calendar-days/", api.CalendarDays.as_view(), name="api-calendar-days"),
    path("changes/new/", views.new_change, name="new-change"),
    path("packages/<int:number>/change/", views.schedule_package, name="schedule-package"),
    path("api/packages/<int:number>/change/", api.PackageChange.as_view(), name="api-schedule-package"),
    path("changes/<int:change_id>/", views.change, name="change"),
    path("changes/<int:change_id>/edit/", views.edit_change, name="edit-change"),
    path("changes/<int:change_id>/put-in/<str:kind>/", views.change_item, name="change-item"),
    path("changes/<int:number>/replay/", views.change_replay, name="change-replay"),
    path("changes/<int:number>/waiver/", views.change_waiver, name="change-waiver"),
    path("api/changes/", api.Changes.as_view(), name="api-changes"),
    path("api/changes/<int:change_id>/", api.OneChange.as_view(), name="api-change"),
    path("api/changes/<int:change_id>/items/", api.Items.as_view(), name="api-change-items"),
    path("api/changes/<int:change_id>/items/<int:item_id>/", api.OneItem.as_view(), name="api-change-item"),
    path("api/changes/<int:number>/impact/", api.ChangeImpact.as_view(), name="api-change-impact"),
    path("api/changes/<int:number>/replay/", api.ChangeReplay.as_view(), name="api-change-replay"),
    path("api/changes/<int:number>/waiver/", api.ChangeWaiver.as_view(), name="api-change-waiver"),
    path("api/changes/<int:change_id>/<slug:verb>/", api.ChangeVerb.as_view(), name="api-change-verb"),
]
