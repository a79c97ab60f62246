from django.urls import path

from apps.lines.corrections import api, views

urlpatterns = [
    path("files/corrections/", views.corrections, name="corrections"),
    path("files/corrections/<int:correction_id>/", views.correction, name="correction"),
    path("files/<int:file_id>/correction/", views.correction_of_file, name="file-correction"),
    path("api/corrections/", api.Corrections.as_view(), name="api-corrections"),
    path("api/corrections/<int:correction_id>/", api.OneCorrection.as_view(), name="api-correction"),
    path("api/files/<int:file_id>/correction/", api.CorrectionOfFile.as_view(), name="api-file-correction"),
]
