from django.urls import URLPattern, URLResolver, path

from apps.processes import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("processes/", views.processes, name="processes"),
    path("packages/", views.packages, name="packages"),
    path("packages/export/", views.export, name="export-package"),
    path("packages/<int:number>/", views.package, name="package"),
    path("new-process/", views.new_process, name="new-process"),
    path("processes/<slug:key>/", views.process, name="process"),
    path("processes/<slug:key>/versions/<int:number>/", views.version, name="process-version"),
    path("processes/<slug:key>/versions/<int:number>/model.bpmn", views.model, name="process-model"),
    path("processes/<slug:key>/versions/<int:number>/table/", views.version_table, name="process-table"),
    path("processes/<slug:key>/versions/<int:number>/table.csv", views.version_table_file, name="process-table-file"),
    path("processes/<slug:key>/keeping/", views.keeping, name="process-keeping"),
    path("processes/<slug:key>/new-test/", views.new_test, name="new-process-test"),
    path("processes/<slug:key>/tests/<int:number>/", views.stored_test, name="process-test"),
    path("processes/<slug:key>/draw/", views.draw, name="draw"),
    path("processes/<slug:key>/draw/model.bpmn", views.drawn_model, name="drawn-model"),
    path("processes/<slug:key>/rebase/", views.rebase, name="rebase"),
    path("processes/<slug:key>/rebase/model.bpmn", views.rebased_model, name="rebased-model"),
    path("processes/<slug:key>/compare/", views.compare, name="compare"),
    path("api/processes/", api.Processes.as_view(), name="api-processes"),
    path("api/processes/<slug:key>/", api.Process.as_view(), name="api-process"),
    path("api/processes/<slug:key>/versions/", api.Versions.as_view(), name="api-versions"),
    path("api/processes/<slug:key>/versions/<int:number>/", api.Version.as_view(), name="api-version"),
    path(
        "api/processes/<slug:key>/versions/<int:number>/test-results/", api.TestResults.as_view(), name="api-version-test-results"
    ),
    path("api/processes/<slug:key>/versions/<int:number>/table/", api.VersionTable.as_view(), name="api-version-table"),
    path("api/processes/<slug:key>/versions/<int:number>/<str:move>/", api.VersionMove.as_view(), name="api-version-move"),
    path("api/processes/<slug:key>/working-copy/", api.WorkingCopy.as_view(), name="api-working-copy"),
    path("api/processes/<slug:key>/working-copy/finish/", api.WorkingCopyFinish.as_view(), name="api-working-copy-finish"),
    path("api/processes/<slug:key>/variants/", api.Variants.as_view(), name="api-variants"),
    path("api/processes/<slug:key>/rebase/", api.Rebase.as_view(), name="api-rebase"),
    path("api/processes/<slug:key>/differences/", api.Compared.as_view(), name="api-differences"),
    path("api/processes/<slug:key>/tests/", api.Tests.as_view(), name="api-tests"),
    path("api/processes/<slug:key>/tests/<int:number>/", api.Test.as_view(), name="api-test"),
    path("api/packages/", api.Packages.as_view(), name="api-packages"),
    path("api/packages/export/", api.PackageExport.as_view(), name="api-package-export"),
    path("api/packages/<int:number>/", api.Package.as_view(), name="api-package"),
    path("api/check/", api.Check.as_view(), name="api-check"),
]
