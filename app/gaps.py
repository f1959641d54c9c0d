"""The gaps of a ledger in a few lines for a person: what failed alike stands together, the most frequent first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from graph.model import CoverageEntry, CoverageState

KNOWN = frozenset({CoverageState.COMPLETE, CoverageState.NOT_OFFERED})
_REASON = 120  # characters of a reason


def gap_lines(entries: Iterable[CoverageEntry], most: int = 8) -> list[str]:
    """`denied: 12 x AccessDenied: ... (bedrock:ListGuardrails, kms:ListKeys and 3 more)`; at most so many lines."""
    alike: dict[tuple[str, str], list[CoverageEntry]] = defaultdict(list)
    for entry in entries:
        if entry.state not in KNOWN:
            alike[entry.state.value, entry.reason.partition(":")[0]].append(entry)
    groups = sorted(alike.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = [_line(state, members) for (state, _), members in groups[:most]]
    rest = sum(len(members) for _, members in groups[most:])
    return [*lines, *([f"and {rest} more, for {len(groups) - most} other reasons"] if rest else [])]


def _line(state: str, entries: list[CoverageEntry]) -> str:
    reason = entries[0].reason
    shown = reason if len(reason) <= _REASON else f"{reason[:_REASON]}..."
    return f"{state}: {len(entries)} x {shown} ({', '.join(_named(entries))})"


def _named(entries: list[CoverageEntry], most: int = 3) -> Iterator[str]:
    """The first operations, and how many more there are; of a file its name."""
    names = sorted({str(e.params.get("file") or e.operation) for e in entries})
    yield from names[:most]
    if len(names) > most:
        yield f"and {len(names) - most} more"
