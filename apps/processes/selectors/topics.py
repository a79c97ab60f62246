"""Versions as something to talk about."""

from django.urls import reverse

from apps.comments.conf import Topic
from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.processes.models import ProcessVersion
from apps.processes.selectors import processes_where


def topic_of_version(person: User, version_id: int) -> Topic:
    """One query."""
    seen = ProcessVersion.objects.filter(process__in=processes_where(person)).select_related("process__line")
    version = seen.defer("model_xml", "plan").filter(pk=version_id).first()
    if version is None:
        raise NotFound(what=ProcessVersion._meta.verbose_name)
    process, number = version.process, version.number
    titles = f"{process.name_zh} v{number}", f"{process.name_en} v{number}"
    return Topic(process.line, *titles, reverse("process-version", args=[process.key, number]), process.pk)
