from django.urls import URLPattern, URLResolver, path

from apps.desk.views import approvals, approvals_together, away, home, interventions, migrating, pauses, runs, steps, together

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("runs/", runs.runs, name="runs"),
    path("runs/begin/", home.begin, name="begin-run"),
    path("runs/together/", together.together, name="runs-together"),
    path("runs/migrate/<slug:key>/", migrating.migrate, name="migrate-runs"),
    path("runs/lines/<slug:verb>/", pauses.lines, name="pause-lines"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/model.bpmn", runs.model, name="run-model"),
    path("runs/<int:run_id>/do/<slug:verb>/", interventions.about_run, name="intervene-run"),
    path("runs/<int:run_id>/steps/<int:step_id>/do/<slug:verb>/", interventions.about_step, name="intervene-step"),
    path("runs/<int:run_id>/nodes/<slug:verb>/", pauses.nodes, name="hold-nodes"),
    path("requests/<int:request_id>/<slug:decision>/", interventions.decide, name="decide-request"),
    path("runs/<int:run_id>/steps/<int:step_id>/", steps.step, name="step"),
    path("runs/<int:run_id>/steps/<int:step_id>/complete/", steps.complete, name="complete-step"),
    path("runs/<int:run_id>/steps/<int:step_id>/<slug:verb>/", steps.move, name="move-step"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/together/", approvals_together.together, name="approvals-together"),
    path("approvals/away/", away.away, name="away"),
    path("approvals/away/<int:stand_in_id>/end/", away.end, name="end-stand-in"),
    path("approvals/<int:approval_id>/", approvals.approval, name="approval"),
    path("tasks/", steps.tasks, name="tasks"),
]
