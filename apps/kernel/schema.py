"""The tables of an app are made together: `CreateModels` for migrations that begin with an empty database."""

from typing import Any, ClassVar

from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory


class CreateModels(Operation):
    """Makes several tables that may refer to each other, as as many `CreateModel` operations would.

    Django draws every model that is related to a new one anew, after each operation; here every model is related to the
    person who did something, so that 120 tables took a minute. Together they are drawn once.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args: ClassVar[list[str]] = ["operations"]

    def __init__(self, operations: list[CreateModel]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """What was drawn of the state is forgotten first; whoever asks for it next has all of it drawn once."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        return any(operation.references_model(name, app_label) for operation in self.operations)

    def describe(self) -> str:
        return "Create the models " + ", ".join(operation.name for operation in self.operations)
