from django.urls import URLPattern, URLResolver, path

from apps.files import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/", views.arrivals, name="files"),
    path("files/arrivals/", views.arrival_matrix, name="arrival-matrix"),
    path("files/catalogue/", views.catalogue, name="catalogue"),
    path("files/catalogue/import/", views.layout_import, name="import-layout"),
    path("files/catalogue/of/<str:code>/", views.family, name="catalogue-family"),
    path("files/<int:file_id>/", views.arrival, name="file"),
    path("files/<int:file_id>/ruling/", views.rule_on_file, name="rule-on-file"),
    path("files/<int:file_id>/original/", views.original, name="file-original"),
    path("api/files/", api.Files.as_view(), name="api-files"),
    path("api/catalogue/", api.Catalogue.as_view(), name="api-catalogue"),
    path("api/catalogue/<str:code>/", api.OneFamily.as_view(), name="api-catalogue-family"),
    path("api/arrivals/", api.Arrivals.as_view(), name="api-arrivals"),
    path("api/files/<int:file_id>/ruling/", api.RuleOnFile.as_view(), name="api-rule-on-file"),
    path("api/files/<int:file_id>/", api.File.as_view(), name="api-file"),
]
