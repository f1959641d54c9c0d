"""How strong a policy is by itself, without knowing who holds it."""

from collections.abc import Mapping

from graph.permissions.aws.access import read_administrator
from graph.permissions.aws.document import Statement, compile_policy


def is_plain(statement: Statement) -> bool:
    """About everything, unconditionally."""
    resources = statement.resources
    return resources is not None and "*" in resources and not statement.conditions


def is_strong(document: object) -> bool:
    """Whether a document alone, unconditionally, makes an administrator."""
    if not isinstance(document, Mapping):
        return False
    statements = compile_policy(document).statements
    return all(
        any(s.allows and s.names(action.lower()) and is_plain(s) for s in statements)
        and not any(not s.allows and s.names(action.lower()) for s in statements)
        for action in read_administrator()
    )
