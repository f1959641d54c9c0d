"""One decision about a request, in the shape that clouds share whose rights are assigned along a hierarchy."""

from dataclasses import dataclass

from graph.model import Evidence, Verdict
from graph.permissions.question import ALLOWED, UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One of the words of graph.permissions.question, what decided, and what proves it."""

    word: str
    layer: str
    statement: str = ""
    reason: str = ""
    missing: tuple[str, ...] = ()
    proofs: tuple[Evidence, ...] = ()
    eligible: bool = False  # a role that is not active would allow it (Azure PIM)
    unread: bool = False  # nothing speaks for it but that a list was not read

    @property
    def decision(self) -> str:
        """The word, under the name that the decisions of every cloud have."""
        return self.word

    @property
    def verdict(self) -> Verdict:
        """The word as a verdict."""
        if self.word == ALLOWED:
            return Verdict.YES
        return Verdict.UNDECIDED if self.word == UNDECIDED else Verdict.NO
