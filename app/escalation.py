"""Who can become administrator, and who can get what of whom: verdicts for every principal, answers for pairs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from app.batch import each_row
from graph.derive import derive
from graph.estate import Estate
from graph.model import Asset
from graph.permissions.escalation import (
    Escalation,
    PairAnswer,
    PairQuestion,
    PrincipalVerdict,
    pair_error,
)


class Opened(Protocol):
    """What a cloud answers from a derived estate."""

    def verdict(self, principal: str) -> PrincipalVerdict:
        """The verdict on one principal."""

    def answer(self, question: PairQuestion) -> PairAnswer:
        """The answer to one pair."""


# One line a cloud. Escalation walks what the cloud has derived; one that needs more puts its own here.
CLOUDS: Mapping[str, Callable[[Estate], Opened]] = {
    "aws": Escalation,
    "azure": Escalation,
    "gcp": Escalation,
}
_PROVIDERS = (("arn:", "aws"), ("/subscriptions/", "azure"), ("//", "gcp"))


class Verdicts:
    """All clouds of one estate, each opened when it is first asked."""

    def __init__(self, estate: Estate) -> None:
        self.estate = derive(estate)
        self._opened: dict[Callable[[Estate], Opened], Opened] = {}

    def principals(self) -> Iterator[PrincipalVerdict]:
        """One verdict for each described principal, in order of id."""
        for asset in Escalation(self.estate).principals:
            yield self._of(_cloud(asset)).verdict(asset.id)

    def answer_pairs(self, lines: Iterable[bytes]) -> Iterator[PairAnswer]:
        """One answer a line, in order; a line that cannot be understood is answered with why."""
        for row in each_row(lines):
            if isinstance(row, Mapping):
                yield self._pair(row)
            else:
                yield pair_error(row.id, row.reason)

    def _pair(self, row: Mapping[str, Any]) -> PairAnswer:
        for name in ("principal", "target"):
            if not isinstance(row.get(name), str) or not row[name]:
                return pair_error(row.get("id"), f"{name!r} is missing or not a text")
        if not isinstance(row.get("gain") or "", str):
            return pair_error(row.get("id"), "'gain' is not a text")
        question = PairQuestion(
            id=row.get("id"),
            principal=row["principal"],
            target=row["target"],
            gain=row.get("gain") or "",
        )
        found = self.estate.assets.get(question.principal)
        return self._of(_cloud(found) if found else "aws").answer(question)

    def _of(self, cloud: str) -> Opened:
        opens = CLOUDS.get(cloud, Escalation)
        if opens not in self._opened:
            self._opened[opens] = opens(self.estate)
        return self._opened[opens]


def _cloud(asset: Asset) -> str:
    """Ids are spelled differently: ARNs, paths of Azure, full resource names of Google."""
    start = next((name for start, name in _PROVIDERS if asset.id.startswith(start)), "")
    return start or ("azure" if asset.kind.startswith("Microsoft") else "gcp")
