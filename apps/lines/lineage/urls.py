from django.urls import path

from apps.lines.lineage import api, views

urlpatterns = [
    path("files/sent/", views.sent_files, name="sent-files"),
    path("files/<int:file_id>/lineage/", views.file_lineage, name="file-lineage"),
    path("runs/<int:run_id>/lineage/", views.run_lineage, name="run-lineage"),
    path("api/files/sent/", api.SentFiles.as_view(), name="api-sent-files"),
    path("api/files/<int:file_id>/lineage/", api.LineageOfFile.as_view(), name="api-file-lineage"),
    path("api/runs/<int:run_id>/lineage/", api.LineageOfRun.as_view(), name="api-run-lineage"),
]
