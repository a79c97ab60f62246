"""Templates are kept here. Processes and versions are looked at here and moved by actions."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.journal.admin import LookOnly
from apps.processes.conf import handler_lookup
from apps.processes.core.bpmn import check_model
from apps.processes.models import Process, ProcessTemplate, ProcessVersion


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """Validates the model with the checker that every version passes."""

    class Meta:
        model = ProcessTemplate
        fields = ["key", "name_zh", "name_en", "description", "model_xml"]
        widgets = {"model_xml": forms.Textarea(attrs={"rows": 30, "cols": 120, "spellcheck": "false"})}

    def clean_model_xml(self) -> str:
        text: str = self.cleaned_data["model_xml"]
        problems = check_model(text.encode(), handlers=handler_lookup())
        refused = [problem for problem in problems if problem.severity == "error"]
        if refused:
            raise forms.ValidationError([f"{problem.element} [{problem.rule}]: {problem.message}" for problem in refused])
        return text


@admin.register(ProcessTemplate)
class ProcessTemplateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = TemplateForm
    change_form_template = "processes/admin_template.html"
    list_display = ["key", "name_zh", "name_en"]
    search_fields = ["key", "name_zh", "name_en"]

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:template_id>/model.bpmn", self.admin_site.admin_view(self.model_view), name="processes_processtemplate_model"
        )
        return [own, *super().get_urls()]

    def model_view(self, request: HttpRequest, template_id: int) -> HttpResponse:
        """The BPMN model that the page of the template draws."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        template = get_object_or_404(ProcessTemplate, pk=template_id)
        return HttpResponse(template.model_xml, content_type="application/xml; charset=utf-8")


@admin.register(Process)
class ProcessAdmin(LookOnly):
    list_display = ["key", "name_zh", "name_en", "line", "startable"]
    list_select_related = ["line"]
    search_fields = ["key", "name_zh", "name_en"]


@admin.register(ProcessVersion)
class ProcessVersionAdmin(LookOnly):
    list_display = ["process", "number", "state", "author", "approver", "created_at", "published_at"]
    list_filter = [("state", admin.ChoicesFieldListFilter)]
    list_select_related = ["process", "author", "approver"]
    fields = [
        "process",
        "number",
        "state",
        "note",
        "author",
        "approver",
        "created_at",
        "published_at",
        "plan_digest",
        "model_xml",
    ]


admin.site.site_header = _("Clearway administration")
admin.site.site_title = "Clearway"
