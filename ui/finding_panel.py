"""One finding in full: why, the connected path, the proof, how to mend it, and where frameworks speak of it."""

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph.model import AcceptedRisk, Finding
from graph.rules.model import Rule
from ui import text
from ui.evidence_view import EvidenceView
from ui.facts import MEANINGS, Facts
from ui.path_view import PathView
from ui.remedy_view import RemedyView
from ui.session import Session
from ui.sides import Sides
from ui.widgets import (
    Disc,
    Wide,
    card,
    clear,
    column,
    flat,
    link,
    plain,
    row,
    scrolled,
    severity_badge,
)

ASSETS = 12  # of one finding, shown as lines


class FindingPanel(QWidget):
    """The head and the path above; explanation on the left, proof on the right."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._finding: Finding | None = None
        self._head = QVBoxLayout()
        self._head.setSpacing(6)
        self.path_view = PathView()
        self.path_view.asset_chosen.connect(session.inspect)
        self.path_view.step_chosen.connect(self._on_step)
        self._body = QVBoxLayout()
        self._body.setSpacing(20)
        page = plain(self._body)
        page.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
        page.layout().setContentsMargins(0, 0, 8, 0)  # type: ignore[union-attr] # it is there: made above
        self.evidence = EvidenceView(session)
        self._proof = text.label("PROOF", "eyebrow")
        self.sides = Sides(
            "finding_panel",
            card(scrolled(page)),
            card(self._proof, self.evidence),
            ("Explanation", "Proof"),
        )
        box = column(self._head, self.path_view, self.sides, gap=12)
        box.setStretch(2, 1)
        self.setLayout(box)

    def show_finding(self, finding: Finding) -> None:
        """Show a finding of the open assessment."""
        facts = self._session.facts
        if facts is None:
            return
        self._finding = finding
        clear(self._head)
        for part in _head(finding, lambda: self._session.go("graph", finding=finding.id)):
            self._head.addWidget(part)
        self.path_view.setVisible(bool(finding.path))
        if finding.path:
            self.path_view.show_steps(facts, finding.path)
        clear(self._body)
        for part in self._parts(facts, finding):
            self._body.addWidget(part)
        text.say(self._proof, "PROOF")
        self.evidence.show_evidence(finding.evidence)

    def _parts(self, facts: Facts, finding: Finding) -> Iterator[QWidget]:
        from app.lookup import remedy  # noqa: PLC0415 - loads the rules
        from graph.rules.load import load_rules  # noqa: PLC0415 - likewise

        rule = load_rules().get(finding.rule)
        if finding.accepted:
            yield self._accepted(finding.accepted)
        if finding.missing:
            yield _section("Undecided, because", *(f"•  {fact}" for fact in finding.missing))
        if rule is not None:
            yield _section("Why it matters", rule.why)
        if finding.adjustment:
            yield _section("Severity", finding.adjustment)
        yield self._assets(facts, finding)
        if rule is not None:
            yield RemedyView(remedy(facts.assessment, finding))
        if not finding.accepted:
            yield link("Accept this risk…", lambda: self._ask(finding))
        if rule is not None:
            yield from self._background(facts, rule)

    def _background(self, facts: Facts, rule: Rule) -> Iterator[QWidget]:
        """What else there is to know of the rule."""
        if rule.cut:
            yield _section("Cheapest ways to break it", *(f"•  {each}" for each in rule.cut))
        if rule.limitations:
            yield _section("What it does not see", rule.limitations)
        yield _frameworks(rule.frameworks)
        if rule.references:
            yield _section("Further reading", *rule.references)
        same = sum(each.rule == rule.id for each in facts.assessment.findings)
        words = f"{text.count(same, 'finding')} of rule {rule.id}"
        yield link(words, lambda: self._session.go("findings", words=rule.id))

    def _accepted(self, risk: AcceptedRisk) -> QWidget:
        """Who answers for it."""
        words = f"{risk.owner}, until {risk.until}: {risk.reason}"
        return plain(
            _section("Accepted risk", words),
            link("Take it back", lambda: self._session.accept(risk, wanted=False)),
        )

    def _ask(self, finding: Finding) -> None:
        from ui.accept_dialog import AcceptDialog  # noqa: PLC0415 - only when it is asked for

        dialog = AcceptDialog(self, finding)
        if dialog.exec():
            self._session.accept(dialog.risk(), wanted=True)

    def _assets(self, facts: Facts, finding: Finding) -> QWidget:
        known = [asset for asset in dict.fromkeys(finding.assets) if asset in facts.graph]
        lines: list[QWidget] = [self._asset(facts, asset) for asset in known[:ASSETS]]
        if len(known) > ASSETS:
            lines.append(text.label(f"… and {len(known) - ASSETS:,} more", "small"))
        return plain(text.label("Assets", "heading"), *lines, gap=2)

    def _asset(self, facts: Facts, asset_id: str) -> QWidget:
        asset = facts.asset(asset_id)
        made = Wide(
            f"{facts.name(asset_id)}   ·   {facts.kind_title(asset_id)}",
            lambda: self._session.inspect(asset_id),
        )
        text.tip(made, asset_id)
        line = row(Disc(asset.kind, facts.category(asset_id), 22), made, gap=4)
        line.setStretch(1, 1)
        return plain(line)

    def _on_step(self, number: int) -> None:
        if self._finding is not None:
            step = self._finding.path[number]
            text.say(self._proof, f"PROOF OF STEP {number + 1}")
            self.evidence.show_evidence(tuple(reversed(step.evidence)))


def _head(finding: Finding, show: Callable[[], object]) -> Iterator[QWidget]:
    kind = "Toxic combination" if finding.kind == "toxic" else "Posture"
    sure = MEANINGS[finding.verdict]
    words = text.label(f"{kind}   ·   {sure}", "undecided" if sure == "undecided" else "muted")
    line = row(severity_badge(finding.severity), words, gap=12)
    line.addStretch()
    if finding.assets:
        line.addWidget(flat("graph-outline", "Show in the graph", show))
    yield plain(line)
    yield text.label(finding.title, "title", wrap=True)


def _section(title: str, *paragraphs: str) -> QWidget:
    labels = [text.label(each, wrap=True, selectable=True) for each in paragraphs]
    return plain(text.label(title, "heading"), *labels, gap=4)


def _frameworks(ids: Mapping[str, tuple[str, ...]]) -> QWidget:
    from graph.rules.frameworks import load_frameworks  # noqa: PLC0415 - only when it is asked for

    known, lines = load_frameworks(), []
    for name, items in ids.items():
        framework = known.get(name)
        title = f"{framework.name} {framework.version}".strip() if framework else name
        lines.append(text.label(title, "strong", wrap=True))
        lines += [
            text.label(f"{item}   {framework.items.get(item, '') if framework else ''}", wrap=True)
            for item in items
        ]
    made = plain(text.label("Frameworks", "heading"), *lines, gap=2)
    made.setVisible(bool(lines))
    return made
