"""Overview: what stands at risk, the worst ways there, what is wrong, what there is, and how much of it was read."""

from collections import Counter
from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QHBoxLayout, QLayout, QStackedWidget, QWidget

from graph.model import Severity, Verdict
from ui import text
from ui.bars import Bar, bars
from ui.entry_list import EntryList
from ui.facts import Facts, reached
from ui.finding_words import worst_of_each_rule
from ui.models.ledger import Ledger
from ui.path_words import fix_entry, path_entry
from ui.session import Place, Session
from ui.states import NEVER, STATES
from ui.tiles import Figure, Tiles
from ui.views.view import View
from ui.widgets import button, card, clear, column, empty, link, plain, row, scrolled

NO_PATHS = (
    "No way was found from an entry point to a crown jewel, as far as the estate was read. Mark your own in the "
    "inventory; the coverage tells what was not read."
)
NO_FINDINGS = (
    "No rule failed on what was read. The coverage tells which rules could not be assessed."
)
FIX = "The steps that carry the most risk; each counts the attack paths over it and over no step above. Press one to see them."
FEW = 6  # paths and findings shown here


class OverviewView(View):
    """Every number leads to what it counts."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._title = text.Line("title")
        self._sentence = text.label("", "muted", wrap=True)
        self.figures = Tiles(176)
        self._paths = EntryList("Worst attack paths", part=True)
        self._paths.opened.connect(lambda key: session.go("attack_paths", key))
        self._toxic = EntryList("Worst findings", part=True)
        self._toxic.opened.connect(lambda key: session.go("findings", key))
        self._no_paths = text.label(NO_PATHS, "muted", wrap=True)
        self._no_findings = text.label(NO_FINDINGS, "muted", wrap=True)
        self._fixes = EntryList("What to fix first", part=True)
        self._fixes.opened.connect(lambda key: session.go("attack_paths", over=key))
        self._severities = column(gap=0)
        self._categories = column(gap=0)
        self._states = column(gap=0)
        self._fix_card = _card("What to fix first", "", None, text.label(FIX, "small"), self._fixes)
        self._lists = Tiles(400, 2)
        self._counts = Tiles(280, 3)
        page = plain(
            column(self._title, self._sentence, gap=4),
            self.figures,
            self._lists,
            self._fix_card,
            self._counts,
            gap=16,
        )
        page.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
        page.layout().setContentsMargins(24, 20, 24, 24)  # type: ignore[union-attr] # it is there: made above
        self._stack = QStackedWidget()
        self._page = scrolled(page)
        self._stack.addWidget(self._page)
        self._stack.addWidget(_nothing(session))
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._stack)
        self._cards()

    def _cards(self) -> None:
        go = self.session.go
        self._lists.show_tiles(
            [
                _card(
                    "Worst attack paths",
                    "All paths",
                    lambda: go("attack_paths"),
                    self._paths,
                    self._no_paths,
                ),
                _card(
                    "Worst findings",
                    "All findings",
                    lambda: go("findings"),
                    self._toxic,
                    self._no_findings,
                ),
            ]
        )
        self._counts.show_tiles(
            [
                _card("Findings by severity", "", None, self._severities),
                _card("What there is", "Inventory", lambda: go("inventory"), self._categories),
                _card("What was read", "Coverage", lambda: go("coverage"), self._states),
            ]
        )

    def visit(self, place: Place) -> None:  # noqa: ARG002 - there is nothing to choose here
        self._page.setFocus()

    def refresh(self) -> None:
        facts = self.session.facts
        self._stack.setCurrentIndex(0 if facts and facts.graph.node_count else 1)
        if facts is None:
            return
        snapshot = facts.assessment.snapshot
        text.say(self._title, snapshot.name or "Overview")
        text.say(self._sentence, headline(facts))
        self.figures.show_tiles(list(_figures(facts, self.session)))
        paths = enumerate(facts.assessment.attack_paths[:FEW])
        self._paths.show_entries(
            [path_entry(facts, str(number), path) for number, path in paths], None
        )
        self._toxic.show_entries(worst_of_each_rule(facts, facts.worst)[:FEW], None)
        self._fixes.show_entries([fix_entry(facts, each) for each in facts.fixes], None)
        self._fix_card.setVisible(bool(facts.fixes))
        self._no_paths.setVisible(not facts.assessment.attack_paths)
        self._no_findings.setVisible(not facts.assessment.findings)
        for box, made in (
            (self._severities, _severity_bars(facts, self.session)),
            (self._categories, _category_bars(facts, self.session)),
            (self._states, _state_bars(facts, self.session)),
        ):
            clear(box)
            for each in bars(list(made)):
                box.addWidget(each)
            box.addStretch()


def _card(
    title: str, more: str, action: Callable[[], object] | None, *parts: QWidget | QLayout
) -> QWidget:
    head = row(text.label(title, "heading"))
    head.addStretch()
    if action is not None:
        head.addWidget(link(more, action))
    made = card(head, *parts, gap=8)
    made.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
    return made


def headline(facts: Facts) -> str:
    """The one sentence to take away."""
    jewels, paths = facts.jewels, facts.assessment.attack_paths
    proved = reached(paths)
    all_ends = {path.target for path in paths}
    if not jewels:
        return (
            "No crown jewel is known yet: mark models, data or agents that matter in the inventory, and the ways to "
            "them are searched."
        )
    of = text.count(len(jewels), "crown jewel")
    if not all_ends:
        return f"No way leads from an entry point to any of {of}, as far as the estate was read."
    rest = len(all_ends - proved)
    more = f"; {rest:,} more by ways with an undecided step" if rest else ""
    return f"{len(proved):,} of {of} can be reached by a way in which every step is proved{more}."


def _figures(facts: Facts, session: Session) -> Iterator[QWidget]:
    go, paths = session.go, facts.assessment.attack_paths
    ends = {path.target for path in paths}
    yield Figure(
        "diamond-stone",
        "CROWN JEWELS REACHED",
        f"{len(ends):,}",
        f"of {text.count(len(facts.jewels), 'crown jewel')}; {len(reached(paths)):,} proved",
        lambda: go("attack_paths"),
    )
    proved = sum(path.verdict is Verdict.YES for path in paths)
    yield Figure(
        "map-marker-path",
        "ATTACK PATHS",
        f"{len(paths):,}",
        f"{proved:,} proved, {len(paths) - proved:,} undecided",
        lambda: go("attack_paths"),
    )
    for kind, icon, title in (
        ("toxic", "vector-link", "TOXIC COMBINATIONS"),
        ("posture", "clipboard-alert-outline", "POSTURE FINDINGS"),
    ):
        yield Figure(
            icon,
            title,
            f"{len(facts.proved(kind)):,}",
            f"proved; {len(facts.undecided(kind)):,} undecided",
            lambda kind=kind: go("findings", kind=kind),  # type: ignore[misc] # the default binds the loop variable
        )
    ledger = Ledger(facts)
    yield Figure(
        "clipboard-check-outline",
        "READ WHOLE",
        share(ledger.whole, len(ledger.lines)),
        f"of {text.count(len(ledger.lines), 'list')}; {ledger.gaps:,} with gaps, {ledger.counts[NEVER]:,} not asked for",
        lambda: go("coverage"),
    )


def share(part: int, whole: int) -> str:
    """How much of the ledger is whole; 100 % only if all of it is."""
    return f"{100 * part // whole} %" if whole else "none"


def _severity_bars(facts: Facts, session: Session) -> Iterator[Bar]:
    counts = Counter((each.severity, each.verdict == "fail") for each in facts.assessment.findings)
    for level in Severity:
        sure, unsure = counts[level, True], counts[level, False]
        yield Bar(
            words=level.value.capitalize(),
            number=sure + unsure,
            second=unsure,
            severity=level,
            action=lambda level=level: session.go("findings", severity=level.value),  # type: ignore[misc] # the default binds the loop variable
            tip=f"{sure:,} proved, {unsure:,} undecided",
        )


def _category_bars(facts: Facts, session: Session) -> Iterator[Bar]:
    graph = facts.graph
    counts = Counter(graph.schema.category(graph.kinds[code]) for code in graph.kind_code.tolist())
    for category, number in counts.most_common():
        yield Bar(
            words=category.capitalize(),
            number=number,
            category=category,
            action=lambda category=category: session.go("inventory", category=category),  # type: ignore[misc] # the default binds the loop variable
        )


def _state_bars(facts: Facts, session: Session) -> Iterator[Bar]:
    ledger = Ledger(facts)
    for state in ledger.states():
        yield Bar(
            words=STATES[state].title,
            number=ledger.counts[state],
            token=STATES[state].token,
            action=lambda state=state: session.go("coverage", state=state),  # type: ignore[misc] # the default binds the loop variable
            tip=STATES[state].meaning,
        )


def _nothing(session: Session) -> QWidget:
    return empty(
        "view-dashboard-outline",
        "This snapshot holds no assets",
        "Its answers describe nothing that Modelhound knows. The coverage tells what was asked for and what came back.",
        button("Show coverage", lambda: session.go("coverage"), style="primary"),
        button("Start page", lambda: session.go("start")),
    )
