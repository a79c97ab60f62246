from django.urls import URLPattern, URLResolver, path

from apps.processes import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("processes/", views.processes, name="processes"),
    path("new-process/", views.new_process, name="new-process"),
    path("processes/<slug:key>/", views.process, name="process"),
    path("processes/<slug:key>/versions/<int:number>/", views.version, name="process-version"),
    path("processes/<slug:key>/versions/<int:number>/model.bpmn", views.model, name="process-model"),
    path("processes/<slug:key>/new-test/", views.new_test, name="new-process-test"),
    path("processes/<slug:key>/tests/<int:number>/", views.stored_test, name="process-test"),
    path("processes/<slug:key>/draw/", views.draw, name="draw"),
    path("processes/<slug:key>/draw/model.bpmn", views.drawn_model, name="drawn-model"),
    path("processes/<slug:key>/compare/", views.compare, name="compare"),
    path("api/processes/", api.Processes.as_view(), name="api-processes"),
    path("api/processes/<slug:key>/versions/", api.Versions.as_view(), name="api-versions"),
    path("api/processes/<slug:key>/versions/<int:number>/", api.Version.as_view(), name="api-version"),
    path(
        "api/processes/<slug:key>/versions/<int:number>/test-results/", api.TestResults.as_view(), name="api-version-test-results"
    ),
    path("api/processes/<slug:key>/versions/<int:number>/<str:move>/", api.VersionMove.as_view(), name="api-version-move"),
    path("api/processes/<slug:key>/working-copy/", api.WorkingCopy.as_view(), name="api-working-copy"),
    path("api/processes/<slug:key>/working-copy/finish/", api.WorkingCopyFinish.as_view(), name="api-working-copy-finish"),
    path("api/processes/<slug:key>/differences/", api.Compared.as_view(), name="api-differences"),
    path("api/processes/<slug:key>/tests/", api.Tests.as_view(), name="api-tests"),
    path("api/processes/<slug:key>/tests/<int:number>/", api.Test.as_view(), name="api-test"),
    path("api/check/", api.Check.as_view(), name="api-check"),
]
