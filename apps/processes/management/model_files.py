"""The files of the models that a decision model imports."""

from collections.abc import Iterator
from pathlib import Path

from apps.kernel import dmn

MOST_FILES = 200


def imported_by(file: Path, given: list[Path]) -> list[bytes]:
    """The models that the file imports, directly or over others: those given first, then files beside the importing one.

    An import's location counts where it is a path below the importing file's directory; nothing is fetched. A model that is not
    found is left out. Raises OSError for a given file that cannot be read.
    """
    models = [path.read_bytes() for path in given]
    known = {dmn.imports_of(model)[0] for model in models}
    waiting = [(file.parent, file.read_bytes()), *((path.parent, model) for path, model in zip(given, models, strict=True))]
    while waiting:
        directory, model = waiting.pop()
        for namespace, location in dmn.imports_of(model)[1]:
            if namespace in known:
                continue
            for path in _candidates(directory, location):
                try:
                    found = path.read_bytes()
                except OSError:
                    continue
                if dmn.imports_of(found)[0] == namespace:
                    known.add(namespace)
                    models.append(found)
                    waiting.append((path.parent, found))
                    break
    return models


def _candidates(directory: Path, location: str) -> Iterator[Path]:
    named = directory / location
    if location and ":" not in location and named.resolve().is_relative_to(directory.resolve()):
        yield named
    yield from sorted(directory.glob("*.dmn"))[:MOST_FILES]
