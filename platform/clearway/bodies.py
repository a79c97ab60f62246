"""How the bodies of requests to the API are read: of one length at most, and of nothing that no database could keep."""

from collections.abc import Mapping
from typing import IO, Any

from django.http import QueryDict
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, FormParser, JSONParser, MultiPartParser

from apps.kernel.json_door import UnreadableJSON, read_json, require_keepable
from apps.people.conf import conf
from apps.people.errors import BodyTooLong

Context = Mapping[str, Any] | None


class StrictJSON(JSONParser):
    """JSON as the strict door of the kernel reads it; fractions as the fields of serializers take them."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Context = None) -> Any:
        most = conf.most_body_bytes()
        body = stream.read(most + 1)
        if len(body) > most:
            raise BodyTooLong(bytes=most)
        try:
            return read_json(body, number=float)
        except UnreadableJSON as refusal:
            raise ParseError(str(refusal)) from refusal


class StrictForm(FormParser):
    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Context = None) -> Any:
        found = super().parse(stream, media_type, parser_context)
        _require_keepable(found)
        return found


class StrictParts(MultiPartParser):
    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Context = None) -> "DataAndFiles[Any, Any]":
        found = super().parse(stream, media_type, parser_context)
        _require_keepable(found.data)
        return found


def _require_keepable(form: QueryDict) -> None:
    try:
        require_keepable(dict(form.lists()))
    except UnreadableJSON as refusal:
        raise ParseError(str(refusal)) from refusal
