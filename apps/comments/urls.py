from django.urls import URLPattern, URLResolver, path

from apps.comments import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("comments/<slug:kind>/<int:key>/", views.comments, name="comments"),
    path("comments/<int:comment_id>/edit/", views.edit, name="edit-comment"),
    path("comments/<slug:kind>/<int:key>/attach/", views.attach, name="attach"),
    path("attachments/<int:attachment_id>/", views.attachment, name="attachment"),
    path("attachments/<int:attachment_id>/remove/", views.remove, name="remove-attachment"),
    path("api/comments/mentions/", api.Mentions.as_view(), name="api-mentions"),
    path("api/comments/<int:comment_id>/", api.OneComment.as_view(), name="api-comment"),
    path("api/attachments/<int:attachment_id>/", api.OneAttachment.as_view(), name="api-attachment"),
    path("api/attachments/<slug:kind>/<int:key>/", api.Attachments.as_view(), name="api-attachments"),
    path("api/comments/<slug:kind>/<int:key>/", api.Comments.as_view(), name="api-comments"),
]
