"""Processes for programs. Lists are paged by key: `?after=<key>` for processes, `?before=<number>` for versions."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.errors import NotFound
from apps.kernel.pages import cut
from apps.people.selectors import lines_where, signed_in
from apps.people.serializers import page_of
from apps.people.states import Right
from apps.processes import selectors
from apps.processes.actions import (
    MOVES,
    create_process,
    create_process_from_template,
    create_variant,
    describe_process,
    discard_working_copy,
    finish_working_copy,
    open_working_copy,
    save_draft,
    save_working_copy,
)
from apps.processes.forms import NEEDS_REASON, is_version_number
from apps.processes.serializers import (
    DifferencesOut,
    DiscardIn,
    DraftIn,
    FinishIn,
    KeepingIn,
    ModelIn,
    ProblemOut,
    ProcessDetailOut,
    ProcessIn,
    ProcessOut,
    ReasonIn,
    VersionOut,
    WorkingCopyIn,
    WorkingCopyOut,
)


class Processes(APIView):
    @extend_schema(parameters=[OpenApiParameter("after", str)], operation_id="processes_list", responses=page_of(ProcessOut))
    def get(self, request: Request) -> Response:
        """Processes of the lines you may see, by key."""
        rows = selectors.processes_for(signed_in(request)).filter(key__gt=request.query_params.get("after", "")[:60])
        page = cut(rows, selectors.PAGE)
        more = f"?after={page.last.key}" if page.last else None
        return Response({"results": ProcessOut(page.rows, many=True).data, "next": more})

    @extend_schema(request=ProcessIn, responses={201: ProcessOut})
    def post(self, request: Request) -> Response:
        """Creates a process: empty, or with the model of a template or of the base that it is a variant of as its first draft."""
        person = signed_in(request)
        data = ProcessIn(data=request.data)
        data.is_valid(raise_exception=True)
        facts = dict(data.validated_data)
        line = lines_where(person, Right.EDIT).filter(code=facts.pop("line")).first()
        if line is None:
            raise NotFound(what=_("business line"))
        template, base = facts.pop("template", None), facts.pop("base", None)
        if template is not None and base is not None:
            raise ValidationError({"template": [_("A variant begins as its base; choose one of the two.")]})
        if base is not None:
            selectors.process_for(person, base)
            process = create_variant(**facts, line_id=line.pk, base_key=base, actor=person).process
        elif template is None:
            process = create_process(**facts, line_id=line.pk, actor=person)
        else:
            process = create_process_from_template(**facts, line_id=line.pk, template_key=template, actor=person).process
        return Response(ProcessOut(process).data, status=201)


class Process(APIView):
    @extend_schema(responses=ProcessDetailOut)
    def get(self, request: Request, key: str) -> Response:
        """One process, with who keeps it."""
        return Response(ProcessDetailOut(selectors.process_for(signed_in(request), key)).data)

    @extend_schema(request=KeepingIn, responses=ProcessDetailOut)
    def put(self, request: Request, key: str) -> Response:
        """Says who keeps a process, where its runbook is, and what it does."""
        person = signed_in(request)
        found = selectors.process_for(person, key)
        data = KeepingIn(data=request.data)
        data.is_valid(raise_exception=True)
        facts = dict(data.validated_data)
        owner, backup = (selectors.keeper_named(found, facts.pop(name)) for name in ("owner", "backup"))
        described = describe_process(process_key=key, owner_id=owner, backup_id=backup, actor=person, **facts)
        return Response(ProcessDetailOut(described).data)


class Versions(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("before", int)], operation_id="processes_versions_list", responses=page_of(VersionOut)
    )
    def get(self, request: Request, key: str) -> Response:
        """Versions of a process, newest first."""
        process = selectors.process_for(signed_in(request), key)
        text = request.query_params.get("before", "")
        if text and not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ParseError("before must be a number")
        rows = selectors.versions_of(process, int(text) if text else None).select_related("process")
        page = cut(rows, selectors.PAGE)
        more = f"?before={page.last.number}" if page.last else None
        return Response({"results": VersionOut(page.rows, many=True).data, "next": more})

    @extend_schema(request=DraftIn, responses={201: VersionOut})
    def post(self, request: Request, key: str) -> Response:
        """Saves your draft of this process."""
        person = signed_in(request)
        selectors.process_for(person, key)
        data = DraftIn(data=request.data)
        data.is_valid(raise_exception=True)
        draft = save_draft(process_key=key, actor=person, **data.validated_data)
        return Response(VersionOut(draft).data, status=201)


class Version(APIView):
    @extend_schema(responses=VersionOut)
    def get(self, request: Request, key: str, number: int) -> Response:
        """One version."""
        return Response(VersionOut(selectors.version_for(signed_in(request), key, number)).data)


class VersionMove(APIView):
    @extend_schema(operation_id="processes_versions_move", request=ReasonIn, responses=VersionOut)
    def post(self, request: Request, key: str, number: int, move: str) -> Response:
        """Moves a version: submit, approve, send-back, publish or retire."""
        person = signed_in(request)
        version = selectors.version_for(person, key, number)
        if move not in MOVES:
            raise NotFound(what="move")
        data = ReasonIn(data=request.data)
        data.is_valid(raise_exception=True)
        reason, seen = data.validated_data["reason"], data.validated_data["plan_digest"]
        if move in NEEDS_REASON and not reason.strip():
            raise ValidationError({"reason": [_("This needs a reason.")]})
        moved = MOVES[move](version_id=version.pk, actor=person, reason=reason, seen=seen)
        return Response(VersionOut(moved).data)


class WorkingCopy(APIView):
    """What authors of a process draw together. Two of them may save: what they changed is merged, or the second is told."""

    @extend_schema(responses=WorkingCopyOut)
    def get(self, request: Request, key: str) -> Response:
        """The newest revision."""
        newest = selectors.working_copy_of(selectors.process_to_draw(signed_in(request), key))
        if newest is None:
            raise NotFound(what=_("working copy"))
        return Response(WorkingCopyOut(newest).data)

    @extend_schema(request=None, responses=WorkingCopyOut)
    def post(self, request: Request, key: str) -> Response:
        """Opens the working copy: the one that is there, or one begun from the newest version."""
        process = selectors.process_for(signed_in(request), key)
        return Response(WorkingCopyOut(open_working_copy(process_key=process.key, actor=signed_in(request))).data)

    @extend_schema(request=WorkingCopyIn, responses=WorkingCopyOut)
    def put(self, request: Request, key: str) -> Response:
        """Saves a revision; the answer is the model as it is now, merged with what others saved since `seen`."""
        process = selectors.process_for(signed_in(request), key)
        data = WorkingCopyIn(data=request.data)
        data.is_valid(raise_exception=True)
        revision = save_working_copy(process_key=process.key, actor=signed_in(request), **data.validated_data)
        return Response(WorkingCopyOut(revision).data)

    @extend_schema(request=DiscardIn, responses={204: None})
    def delete(self, request: Request, key: str) -> Response:
        """Throws the working copy away."""
        process = selectors.process_for(signed_in(request), key)
        data = DiscardIn(data=request.data)
        data.is_valid(raise_exception=True)
        discard_working_copy(process_key=process.key, actor=signed_in(request), **data.validated_data)
        return Response(status=204)


class WorkingCopyFinish(APIView):
    @extend_schema(request=FinishIn, responses={201: VersionOut})
    def post(self, request: Request, key: str) -> Response:
        """Makes the newest revision your draft, when the checker has no error against it."""
        process = selectors.process_for(signed_in(request), key)
        data = FinishIn(data=request.data)
        data.is_valid(raise_exception=True)
        draft = finish_working_copy(process_key=process.key, actor=signed_in(request), **data.validated_data)
        return Response(VersionOut(draft).data, status=201)


class Compared(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("from", str, required=True, description="Number of a version, or draft for the working copy."),
            OpenApiParameter("to", str, required=True, description="Number of a version, or draft for the working copy."),
            OpenApiParameter("layout", bool, description="true: elements of which only the picture differs as well."),
        ],
        responses=DifferencesOut,
    )
    def get(self, request: Request, key: str) -> Response:
        """What differs between two models of a process."""
        person = signed_in(request)
        process = selectors.process_for(person, key)
        sides = [request.query_params.get(name, "") for name in ("from", "to")]
        if not all(side == selectors.WORKING_COPY or is_version_number(side) for side in sides):
            raise ParseError(_("from and to are numbers of versions, or draft."))
        compared = selectors.comparison(person, process, *sides)
        with_layout = request.query_params.get("layout") == "true"
        found = compared.found.items if with_layout else compared.found.meaning
        words = compared.words
        rows = [
            {
                "element": item.element,
                "what": item.what,
                "sentence": words.sentence(item),
                "details": words.details(item) + (words.layout(item) if with_layout else []),
                "changes": item.changes,
                "layout": item.layout if with_layout else (),
            }
            for item in found
        ]
        return Response(DifferencesOut({"old": compared.old, "new": compared.new, "differences": rows}).data)


class Check(APIView):
    @extend_schema(request=ModelIn, responses=ProblemOut(many=True))
    def post(self, request: Request) -> Response:
        """What the checker says of a model, and with its process what the site's standards do. Nothing is stored."""
        data = ModelIn(data=request.data)
        data.is_valid(raise_exception=True)
        key = data.validated_data.get("process")
        process = selectors.process_for(signed_in(request), key) if key is not None else None
        problems = selectors.problems_in(data.validated_data["model_xml"].encode(), process)
        return Response(ProblemOut([problem.as_dict() for problem in problems], many=True).data)
