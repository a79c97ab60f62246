from django.urls import URLPattern, URLResolver, path

from apps.hooks import api, views
from apps.hooks.states import HookVerb

urlpatterns: list[URLPattern | URLResolver] = [
    path("profile/hooks/", views.hooks, name="hooks"),
    path("profile/hooks/outgoing/", views.new_outgoing, name="new-outgoing-hook"),
    path("profile/hooks/outgoing/<int:hook_id>/", views.outgoing, name="outgoing-hook"),
    path("profile/hooks/outgoing/<int:hook_id>/replay/", views.replay, name="replay-hook"),
    path("profile/hooks/outgoing/<int:hook_id>/<slug:verb>/", views.move_outgoing, name="move-outgoing-hook"),
    path("profile/hooks/letters/<int:letter_id>/again/", views.resend, name="resend-letter"),
    path("profile/hooks/incoming/", views.new_incoming, name="new-incoming-hook"),
    path("profile/hooks/incoming/<int:hook_id>/<slug:verb>/", views.move_incoming, name="move-incoming-hook"),
    path("api/hooks/outgoing/", api.Outgoing.as_view(), name="api-outgoing-hooks"),
    path("api/hooks/outgoing/<int:hook_id>/replay/", api.Replay.as_view(), name="api-replay-hook"),
    path("api/hooks/outgoing/<int:hook_id>/letters/", api.Letters.as_view(), name="api-letters"),
    path("api/hooks/letters/<int:letter_id>/again/", api.Resend.as_view(), name="api-resend-letter"),
    path("api/hooks/incoming/", api.Incoming.as_view(), name="api-incoming-hooks"),
    *(
        path(f"api/hooks/outgoing/<int:hook_id>/{verb}/", api.MoveOutgoing.as_view(verb=verb), name=f"api-outgoing-hook-{verb}")
        for verb in HookVerb
    ),
    *(
        path(f"api/hooks/incoming/<int:hook_id>/{verb}/", api.MoveIncoming.as_view(verb=verb), name=f"api-incoming-hook-{verb}")
        for verb in HookVerb
    ),
    path("api/hooks/<slug:key>/", api.Deliver.as_view(), name="api-deliver"),
]
