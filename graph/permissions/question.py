"""One question about access and its answer, in the shape that every cloud shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from graph.estate import Estate

ALLOWED, EXPLICIT, IMPLICIT, UNDECIDED, ERROR = (
    "Allowed",
    "ExplicitlyDenied",
    "ImplicitlyDenied",
    "Undecided",
    "Error",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May this principal do this to that? Principal and resource are the cloud's own ids; `id` is the asker's, any JSON value.

    `context`: what is known of the request; a key that is not there is unknown.
    """

    id: Any
    principal: str
    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """`decision` is one of the five words above; an undecided one's `reason` names the missing facts."""

    id: Any
    decision: str
    layer: str = ""  # which kind of policy decided
    statement: str = ""  # "<policy>: <Sid or position>"
    reason: str = ""  # one sentence


Answerer = Callable[[Question], Answer]
OpenEstate = Callable[[Estate], Answerer]  # compiles an estate's policies once, for many questions


def error(question_id: Any, reason: str) -> Answer:
    """The answer to a question that cannot be understood."""
    return Answer(id=question_id, decision=ERROR, layer="input", reason=reason)


def sentence(problem: Exception) -> str:
    """What a line is refused for, in one line of bounded length."""
    text = " ".join(str(problem).split())[:300]
    return text or f"the line cannot be read ({type(problem).__name__})"
