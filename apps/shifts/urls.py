from django.urls import path

from apps.shifts import api, views

urlpatterns = [
    path("roster/", views.roster, name="roster"),
    path("roster/lines/<slug:line>/", views.coverage, name="roster-coverage"),
    path("roster/lines/<slug:line>/copy/", views.copy, name="roster-copy"),
    path("roster/lines/<slug:line>/<slug:shift>/<str:day>/", views.place, name="roster-place"),
    path("roster/duties/<int:number>/remove/", views.remove, name="roster-remove"),
    path("handovers/", views.handovers, name="handovers"),
    path("handovers/<int:number>/", views.handover, name="handover"),
    path("handovers/<slug:line>/<slug:shift>/<str:day>/", views.give, name="give-handover"),
    path("api/shifts/", api.Shifts.as_view(), name="api-shifts"),
    path("api/roster/", api.Roster.as_view(), name="api-roster"),
    path("api/roster/coverage/", api.Coverages.as_view(), name="api-roster-coverage"),
    path("api/roster/copy/", api.CopyWeek.as_view(), name="api-roster-copy"),
    path("api/roster/duties/", api.Duties.as_view(), name="api-roster-duties"),
    path("api/roster/duties/<int:number>/", api.OneDuty.as_view(), name="api-roster-duty"),
    path("api/handovers/", api.Handovers.as_view(), name="api-handovers"),
    path("api/handovers/report/<slug:line>/<slug:shift>/<str:day>/", api.HandoverReport.as_view(), name="api-handover-report"),
    path("api/handovers/<int:number>/", api.OneHandover.as_view(), name="api-handover"),
    path("api/handovers/<int:number>/take/", api.TakeHandover.as_view(), name="api-take-handover"),
]
