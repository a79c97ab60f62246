"""Templates in the admin site: drawn, tested and saved on one page. An action decides; what it refuses stays on the page."""

from itertools import count
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.people.admin import RefusalsAsMessages
from apps.people.selectors import signed_in
from apps.processes import actions
from apps.processes.core.skeleton import empty_model
from apps.processes.core.testing import read_test
from apps.processes.errors import TemplateChangedMeanwhile, TestsFail
from apps.processes.forms import DECISION_PREFIX, DECISIONS, decisions_in, json_text
from apps.processes.forms.templates import FORM, TemplateForm, as_drawn, rows_of_tests
from apps.processes.models import Process, ProcessTemplate
from apps.processes.selectors import PAGE, drawing_choices
from apps.processes.selectors.templates import as_the_model_does, played_on
from apps.processes.views.tables import editor_parts


@admin.register(ProcessTemplate)
class ProcessTemplateAdmin(RefusalsAsMessages, admin.ModelAdmin):  # type: ignore[type-arg]
    """Drawn with the same editor and the same table as processes, with tests as they have; saved by an action."""

    form = TemplateForm
    change_form_template = "processes/admin_template.html"
    list_display = ["key", "name_zh", "name_en", "revision", "saved_by", "saved_at", "test_count", "process_count"]
    list_select_related = ["saved_by"]
    search_fields = ["key", "name_zh", "name_en", "description"]

    def get_urls(self) -> list[URLPattern]:
        within, name = self.admin_site.admin_view, "processes_processtemplate"
        return [
            path("<int:template_id>/model.bpmn", within(self.model_view), name=f"{name}_model"),
            path("play/", within(self.play_view), name=f"{name}_play"),
            path("drawn.bpmn", within(self.drawn_view), name=f"{name}_drawn"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What only the form needs is not shown to those who look."""
        hidden = ["seen", "copied_from", "drawn_on", "as_read"] if self._may_save(request, obj) else []
        return [
            (None, {"fields": [("key", "name_zh", "name_en"), "description", *hidden]}),
            (_("The model as XML"), {"fields": ["model_xml"], "classes": ["collapse"]}),
        ]

    def _may_save(self, request: HttpRequest, template: Any) -> bool:
        return self.has_change_permission(request, template) if template else self.has_add_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcessTemplate]:
        found: QuerySet[ProcessTemplate] = super().get_queryset(request)
        return found.annotate(made=Count("processes"))

    @admin.display(description=_("tests"))
    def test_count(self, template: ProcessTemplate) -> int:
        return len(template.tests)

    @admin.display(description=_("processes made from it"), ordering="made")
    def process_count(self, template: ProcessTemplate) -> int:
        return int(getattr(template, "made", 0))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal, form.copied = getattr(request, "template_refusal", None), self._copied(request)
        return form

    def _copied(self, request: HttpRequest) -> ProcessTemplate | None:
        """The template that `?from=<key>` names."""
        return ProcessTemplate.objects.filter(key=request.GET["from"][:60]).first() if "from" in request.GET else None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """An empty model, or with `?from=<key>` a copy of another template."""
        origin = self._copied(request)
        if origin is None:
            return {"model_xml": empty_model("template", "新模板", "New template")}
        copied = {name: getattr(origin, name) for name in ("name_zh", "name_en", "description", "model_xml")}
        return copied | {"key": _free_key(origin.key), "copied_from": origin.key}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the action refuses is said on the page that was sent, with all that was drawn and written there."""
        page = super(RefusalsAsMessages, self).changeform_view
        try:
            answer: HttpResponse = page(request, *args, **kwargs)
        except DomainError as refusal:
            request.template_refusal = refusal  # type: ignore[attr-defined]
            answer = page(request, *args, **kwargs)
        return answer

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        saved = actions.save_template(
            facts=form.facts(),
            tests=form.tests_as_json(),
            template_id=obj.pk if change else None,
            seen=form.cleaned_data["seen"] or 0,
            made_from=form.cleaned_data["copied_from"],
            decided=decisions_in(request.POST),
            actor=signed_in(request),
        )
        obj.pk, obj.revision = saved.pk, saved.revision

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actions.remove_template(template_id=obj.pk, actor=signed_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for template in queryset:
            self.delete_model(request, template)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form, original = context["adminform"].form, context.get("original")
        if self._may_save(request, original):  # otherwise the template is only looked at
            context |= editor_parts(str(form["model_xml"].value() or ""), drawing_choices(signed_in(request)))
            context |= {"tests": form.tests, "form_id": FORM, "prefix": DECISION_PREFIX} | _told(form.refusal)
        context["made"] = _made_from(original) if original else []
        return super().render_change_form(request, context, *args, **kwargs)

    def model_view(self, request: HttpRequest, template_id: int) -> HttpResponse:
        """The BPMN model of the template, for its picture and as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        template = get_object_or_404(ProcessTemplate, pk=template_id)
        response = HttpResponse(template.model_xml, content_type="application/xml; charset=utf-8")
        # Never shown as a document: elements of other namespaces in it could be script there.
        response["Content-Disposition"] = f'attachment; filename="{template.key}.bpmn"'
        return response

    def play_view(self, request: HttpRequest) -> HttpResponse:
        """What the tests on the page say of the model that is drawn there; with `record`, what one of them would expect of it."""
        self._require_keeper(request)
        tests, model_xml = rows_of_tests(request.POST), request.POST.get("model_xml", "")
        if not tests.is_bound or not tests.is_valid():
            return render(request, "processes/_template_results.html", {"unreadable": True}, status=422)
        asked = request.GET.get("record", "")
        if asked:
            row = next((form for form in tests.forms if form.prefix == asked), None)
            case = as_the_model_does(model_xml, read_test(row.test())) if row and row.cleaned_data.get("name") else None
            return JsonResponse({"expected": json_text(case.expected.as_dict()) if case else ""})
        results = played_on(model_xml, [read_test(test) for test in tests.as_json()])
        return render(request, "processes/_template_results.html", {"results": results, "unplayable": results is None})

    def drawn_view(self, request: HttpRequest) -> HttpResponse:
        """What is drawn on the page, as it would be kept: with all that the editor cannot show. Nothing is saved."""
        self._require_keeper(request)
        drawn, ground, as_read = (request.POST.get(name, "") for name in ("model_xml", "drawn_on", "as_read"))
        try:
            return HttpResponse(as_drawn(drawn, ground, as_read), content_type="application/xml; charset=utf-8")
        except DomainError as refusal:
            return HttpResponse(str(refusal), content_type="text/plain; charset=utf-8", status=refusal.http_status)

    def _require_keeper(self, request: HttpRequest) -> None:
        if request.method != "POST" or not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied


def _told(refusal: DomainError | None) -> dict[str, Any]:
    """What a refusal says beyond its sentence."""
    if isinstance(refusal, TemplateChangedMeanwhile):
        sides = {side.value: name for name, side in DECISIONS.items()}
        return {"conflicts": [(one, sides.get(one["decided"], "")) for one in refusal.facts["conflicts"]]}
    return {"failed": refusal.facts["tests"]} if isinstance(refusal, TestsFail) else {}


def _made_from(template: ProcessTemplate) -> list[Process]:
    found = template.processes.select_related("line", "variant__merged_revision")
    return list(found.defer("variant__merged_revision__model_xml", "variant__merged_revision__tests")[:PAGE])


def _free_key(key: str) -> str:
    """A key that no template has yet."""
    taken = set(ProcessTemplate.objects.values_list("key", flat=True))
    return next(name for number in count(2) if (name := f"{key[:54]}-{number}") not in taken)
