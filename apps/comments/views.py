"""What was said and attached beside a thing: a part of every page about one, and a page of its own."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.comments import actions, selectors, store
from apps.comments.conf import Topic
from apps.comments.core.media import clean_name
from apps.comments.errors import FileTooLarge, NoFile
from apps.comments.models import Attachment
from apps.comments.states import ENDINGS, MOST_BYTES
from apps.journal.selectors import newest_of
from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.selectors import has_right, signed_in
from apps.people.states import Right

MOST_NAMES = 60
"""Of the people who may be named, so many are listed under the form."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """What was said about a thing, newest first, and the form to say something."""
    person = signed_in(request)
    topic = selectors.topic_for(person, kind, key)
    if request.GET.get("part") == "list":
        return render(request, "comments/_list.html", _list(request, topic, kind, key))
    text, refusal, not_told, status = "", None, list[str](), 200
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            not_told = actions.write_comment(kind=kind, key=key, text=text, actor=person).not_told
        except DomainError as refused:
            refusal, status = refused, refused.http_status
        else:
            text = ""
            if not _is_part(request) and not not_told:
                return redirect("comments", kind=kind, key=key)
    context = _context(request, topic, kind, key) | {"text": text, "refusal": refusal, "not_told": not_told}
    return render(request, "comments/_comments.html" if _is_part(request) else "comments/comments.html", context, status=status)


@login_required
@require_POST
def edit(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Other words for a comment of one's own; a refusal stands above the comments, and the words in the field."""
    person = signed_in(request)
    thread = selectors.comment_for(person, comment_id).thread
    told: dict[str, Any] = {"not_told": []}
    status, text = 200, request.POST.get("text", "")
    try:
        told["not_told"] = actions.edit_comment(comment_id=comment_id, text=text, actor=person).not_told
    except DomainError as refused:
        told, status = {"refusal": refused, "refused_text": text, "refused_comment": comment_id}, refused.http_status
    if not _is_part(request) and status == 200 and not told["not_told"]:
        return redirect("comments", kind=thread.kind, key=thread.key)
    topic = selectors.topic_for(person, thread.kind, thread.key)
    context = _context(request, topic, thread.kind, thread.key) | told
    return render(request, "comments/_comments.html" if _is_part(request) else "comments/comments.html", context, status=status)


@login_required
@require_POST
def attach(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """A file beside a thing; a refusal stands above the comments."""
    person = signed_in(request)
    topic = selectors.topic_for(person, kind, key)
    refusal: DomainError | None = None
    try:
        attach_upload(kind, key, request.FILES.get("file"), person)
    except DomainError as refused:
        refusal = refused
    return _beside(request, topic, kind, key, refusal)


@login_required
@require_POST
def remove(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Takes an attachment away; a refusal stands above the comments."""
    person = signed_in(request)
    thread = selectors.attachment_for(person, attachment_id).thread
    refusal: DomainError | None = None
    try:
        actions.remove_attachment(attachment_id=attachment_id, actor=person)
    except DomainError as refused:
        refusal = refused
    topic = selectors.topic_for(person, thread.kind, thread.key)
    return _beside(request, topic, thread.kind, thread.key, refusal)


@require_safe
@login_required
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """The file as it was attached."""
    return as_download(selectors.attachment_for(signed_in(request), attachment_id))


def attach_upload(kind: str, key: int, file: "UploadedFile[Any] | None", person: User) -> Attachment:
    """Attaches what was sent; what is too large is not even read."""
    if file is None:
        raise NoFile()
    name, size = file.name or "", file.size or 0
    if size > MOST_BYTES:
        raise FileTooLarge(name=clean_name(name), size=size, most=MOST_BYTES)
    return actions.attach_file(kind=kind, key=key, name=name, data=file.read(), actor=person)


def as_download(found: Attachment) -> HttpResponse:
    """Always something to be saved, never something that a browser shows or runs."""
    answer = HttpResponse(store.attached_bytes(found), content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _beside(request: HttpRequest, topic: Topic, kind: str, key: int, refusal: DomainError | None) -> HttpResponse:
    """After something was done with an attachment."""
    if refusal is None and not _is_part(request):
        return redirect("comments", kind=kind, key=key)
    context = _context(request, topic, kind, key) | {"refusal": refusal}
    page = "comments/_comments.html" if _is_part(request) else "comments/comments.html"
    return render(request, page, context, status=refusal.http_status if refusal else 200)


def _context(request: HttpRequest, topic: Topic, kind: str, key: int) -> dict[str, Any]:
    readers = list(selectors.readers_of(topic).exclude(pk=signed_in(request).pk)[: MOST_NAMES + 1])
    newest = newest_of(f"comment.{kind}.{key}", limit=1)
    return {
        **_list(request, topic, kind, key),
        "topic": topic,
        "after": newest[0].number if newest else 0,
        "readers": readers[:MOST_NAMES],
        "more_readers": len(readers) > MOST_NAMES,
        "most": actions.MOST_CHARACTERS,
        "most_megabytes": MOST_BYTES // 2**20,
        "endings": ",".join(ending for endings in ENDINGS.values() for ending in endings),
    }


def _list(request: HttpRequest, topic: Topic, kind: str, key: int) -> dict[str, Any]:
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 15 else None
    found, older = selectors.comments_on(kind, key, before)
    attachments = selectors.attachments_on(kind, key)
    return {
        "comments": found,
        "older": older,
        "before": before,
        "kind": kind,
        "key": key,
        "attachments": attachments,
        "administers": bool(attachments) and has_right(signed_in(request), Right.ADMINISTER, topic.line, topic.process),
    }


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
