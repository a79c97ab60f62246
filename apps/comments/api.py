"""Comments for programs: the same selectors and actions as the pages."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.comments import actions, selectors
from apps.comments.serializers import AttachmentIn, AttachmentOut, CommentIn, CommentOut, MentionOut, ReadIn, SaidOut
from apps.comments.views import as_download, attach_upload
from apps.people.selectors import signed_in
from apps.people.serializers import page_of


class Comments(APIView):
    @extend_schema(parameters=[OpenApiParameter("last", int)], operation_id="comments_list", responses=page_of(CommentOut))
    def get(self, request: Request, kind: str, key: int) -> Response:
        """What was said about a ticket, change, version, approval, run, step or break, newest first."""
        selectors.topic_for(signed_in(request), kind, key)
        found, more = selectors.comments_on(kind, key, _last(request))
        return Response({"results": CommentOut(found, many=True).data, "next": f"?last={found[-1].pk}" if more else None})

    @extend_schema(request=CommentIn, responses={201: SaidOut})
    def post(self, request: Request, kind: str, key: int) -> Response:
        """Says something about it; who is named as `@username` finds it in the inbox."""
        said = actions.write_comment(kind=kind, key=key, text=_text(request), actor=signed_in(request))
        return Response(_out(said), status=201)


class OneComment(APIView):
    @extend_schema(request=CommentIn, responses=SaidOut)
    def put(self, request: Request, comment_id: int) -> Response:
        """Other words for a comment of your own; the old ones stay readable."""
        said = actions.edit_comment(comment_id=comment_id, text=_text(request), actor=signed_in(request))
        return Response(_out(said))


class Mentions(APIView):
    @extend_schema(parameters=[OpenApiParameter("last", int)], responses=MentionOut(many=True))
    def get(self, request: Request) -> Response:
        """Mentions of you that you have not read, oldest first; `last` is the id of the last one that you have seen."""
        rows = selectors.mentions_of(signed_in(request)).filter(pk__gt=_last(request) or 0)
        return Response(MentionOut(rows[: selectors.MENTIONS_PAGE], many=True).data)

    @extend_schema(request=ReadIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """Marks the mentions of you in these threads as read."""
        data = ReadIn(data=request.data)
        data.is_valid(raise_exception=True)
        actions.mark_read(threads=data.validated_data["threads"], actor=signed_in(request))
        return Response(status=204)


class Attachments(APIView):
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="attachments_list", responses=page_of(AttachmentOut, is_paged=False))
    def get(self, request: Request, kind: str, key: int) -> Response:
        """What is attached to a ticket, change, version, approval, run, step or break, newest first."""
        selectors.topic_for(signed_in(request), kind, key)
        return Response({"results": AttachmentOut(selectors.attachments_on(kind, key), many=True).data})

    @extend_schema(request={"multipart/form-data": AttachmentIn}, responses={201: AttachmentOut})
    def post(self, request: Request, kind: str, key: int) -> Response:
        """Attaches a file: PDF, PNG, JPEG, xlsx, docx, pptx, DBF or plain text, by its content as well as by its name."""
        person = signed_in(request)
        selectors.topic_for(person, kind, key)
        data = AttachmentIn(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(AttachmentOut(attach_upload(kind, key, data.validated_data["file"], person)).data, status=201)


class OneAttachment(APIView):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, attachment_id: int) -> HttpResponse:
        """The file as it was attached, compared with its digest; 409 when the disk has something else."""
        return as_download(selectors.attachment_for(signed_in(request), attachment_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, attachment_id: int) -> Response:
        """Takes a file away that you have attached, or one of a line that you administer; 409 once a decision followed."""
        actions.remove_attachment(attachment_id=attachment_id, actor=signed_in(request))
        return Response(status=204)


def _out(said: actions.Said) -> dict[str, object]:
    return dict(SaidOut({"comment": said.comment, "not_told": said.not_told}).data)


def _text(request: Request) -> str:
    data = CommentIn(data=request.data)
    data.is_valid(raise_exception=True)
    return str(data.validated_data["text"])


def _last(request: Request) -> int | None:
    last = request.query_params.get("last", "")
    if last and not (last.isascii() and last.isdigit() and len(last) < 15):
        raise ParseError("last must be a number")
    return int(last) if last else None
