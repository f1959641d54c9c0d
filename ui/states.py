"""What each state of the coverage ledger is called, drawn as, and means."""

from collections.abc import Mapping
from typing import NamedTuple

from graph.model import CoverageState


class State(NamedTuple):
    """Words and signs of a state; the icon's shape tells as much as its colour."""

    title: str
    icon: str
    token: str
    meaning: str


NEVER = "never_asked"

STATES: Mapping[str, State] = {
    CoverageState.COMPLETE: State(
        "Read whole",
        "check-circle-outline",
        "yes",
        "Everything was listed: what is not here is not there.",
    ),
    CoverageState.PARTIAL: State(
        "Read in part",
        "circle-half-full",
        "undecided",
        "Something may be missing: no rule passes and no path is excluded because of what is not here.",
    ),
    CoverageState.DENIED: State(
        "Denied",
        "cancel",
        "critical",
        "The credentials may not read this: whatever depends on it stays undecided.",
    ),
    CoverageState.FAILED: State(
        "Failed",
        "alert-outline",
        "high",
        "The call did not succeed: whatever depends on it stays undecided. Collect again.",
    ),
    CoverageState.NOT_OFFERED: State(
        "Not offered there",
        "minus-circle-outline",
        "muted",
        "The service does not exist in that region: known to be empty.",
    ),
    NEVER: State(
        "Never asked for",
        "help-circle-outline",
        "muted",
        "Nobody asked: nothing is known of it, neither that it is there nor that it is not.",
    ),
}
