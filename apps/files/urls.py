from django.urls import URLPattern, URLResolver, path

from apps.files import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/", views.arrivals, name="files"),
    path("files/<int:file_id>/", views.arrival, name="file"),
    path("files/<int:file_id>/original/", views.original, name="file-original"),
    path("api/files/", api.Files.as_view(), name="api-files"),
    path("api/files/<int:file_id>/", api.File.as_view(), name="api-file"),
]
