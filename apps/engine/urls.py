from django.urls import URLPattern, URLResolver, path

from apps.engine import api
from apps.engine.states import RUN_VERBS, STEP_VERBS

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/runs/", api.Runs.as_view(), name="api-runs"),
    path("api/runs/<int:run_id>/", api.OneRun.as_view(), name="api-run"),
    path("api/runs/<int:run_id>/hold-node", api.HoldNode.as_view(verb="hold"), name="api-run-hold-node"),
    path("api/runs/<int:run_id>/release-node", api.HoldNode.as_view(verb="release"), name="api-run-release-node"),
    path("api/messages/", api.Messages.as_view(), name="api-messages"),
    path("api/signals/", api.Signals.as_view(), name="api-signals"),
    path("api/steps/", api.MySteps.as_view(), name="api-steps"),
    path("api/steps/<int:step_id>/", api.OneStep.as_view(), name="api-step"),
    path("api/steps/<int:step_id>/take", api.TakeStep.as_view(), name="api-step-take"),
    path("api/steps/<int:step_id>/give-back", api.GiveBackStep.as_view(), name="api-step-give-back"),
    path("api/steps/<int:step_id>/complete", api.CompleteStep.as_view(), name="api-step-complete"),
    path("api/interventions/", api.InterveneInAll.as_view(), name="api-interventions"),
    path("api/requests/", api.Requests.as_view(), name="api-requests"),
    path("api/requests/<int:request_id>/sign", api.SignRequest.as_view(), name="api-request-sign"),
    path("api/requests/<int:request_id>/refuse", api.RefuseRequest.as_view(), name="api-request-refuse"),
    path("api/requests/<int:request_id>/withdraw", api.WithdrawRequest.as_view(), name="api-request-withdraw"),
    path("api/lines/<slug:line>/pause", api.PauseLine.as_view(verb="pause"), name="api-line-pause"),
    path("api/lines/<slug:line>/resume", api.PauseLine.as_view(verb="resume"), name="api-line-resume"),
    *(path(f"api/runs/<int:subject_id>/{verb}", api.Intervene.as_view(verb=verb), name=f"api-run-{verb}") for verb in RUN_VERBS),
    *(
        path(f"api/steps/<int:subject_id>/{verb}", api.Intervene.as_view(verb=verb), name=f"api-step-{verb}")
        for verb in STEP_VERBS
    ),
]
