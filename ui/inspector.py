"""The inspector: everything known of one asset, relationship or finding, and where it was read."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from graph.model import Evidence, Finding, Verdict
from ui import text, theme, values
from ui.evidence_view import EvidenceView
from ui.facts import MEANINGS, ROLE_WORDS, Facts, Role, Subject
from ui.neighbours import neighbours
from ui.path_words import steps_key
from ui.session import Session
from ui.widgets import (
    Disc,
    Shape,
    Wide,
    button,
    card,
    clear,
    column,
    empty,
    flat,
    link,
    plain,
    row,
    rule,
    scrolled,
)

WIDTH = 376
RULES = 8  # with findings, shown of one asset


class Inspector(QDockWidget):
    """A dock at the right; its own way back, apart from the window's."""

    def __init__(self, session: Session) -> None:
        super().__init__("Inspector")
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable
            | QDockWidget.DockWidgetFeature.DockWidgetMovable
        )
        self._session = session
        self._before: list[Subject] = []
        self.subject: Subject | None = None
        self._body = column(gap=20)
        page = plain(self._body)
        page.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
        page.layout().setContentsMargins(16, 16, 16, 16)  # type: ignore[union-attr] # it is there: made above
        self.evidence = EvidenceView(session)
        self._proof = card(self._proof_head(), self.evidence, gap=8, margin=12)
        self._proof.hide()
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(scrolled(page))
        split.addWidget(self._proof)
        split.setSizes([600, 300])
        self._stack = QStackedWidget()
        self._stack.addWidget(_nothing())
        self._stack.addWidget(split)
        self.setTitleBarWidget(self._head())
        self.setWidget(self._stack)
        self.setMinimumWidth(WIDTH)
        session.opened.connect(self._on_opened)

    def _head(self) -> QWidget:
        self._back = flat("arrow-left", "Back in the inspector", self._step_back)
        self._back.setEnabled(False)
        head = plain(row(self._back, text.label("INSPECTOR", "eyebrow"), gap=4))
        line = row(head)
        line.setContentsMargins(8, 4, 8, 4)
        line.addStretch()
        line.addWidget(flat("close", "Close the inspector (F4)", self.hide))
        made = QWidget()
        made.setObjectName("page")
        made.setLayout(line)
        return made

    def _proof_head(self) -> QLayout:
        line = row(text.label("WHERE IT WAS READ", "eyebrow"))
        line.addStretch()
        line.addWidget(flat("close", "Close the proof", self._hide_proof))
        return line

    def _hide_proof(self) -> None:
        self._proof.hide()

    # What is shown

    def inspect(self, subject: Subject) -> None:
        """Show an asset (by id), a relationship (by key) or a finding."""
        if self.subject is not None and self.subject != subject:
            self._before.append(self.subject)
        self._show(subject)

    def show_asset(self, asset_id: str) -> None:
        """Show an asset."""
        self.inspect(asset_id)

    def _step_back(self) -> None:
        if self._before:
            self._show(self._before.pop())

    def _on_opened(self) -> None:
        facts = self._session.facts
        self._before = [each for each in self._before if facts and facts.knows(each)]
        if facts is None or self.subject is None or not facts.knows(self.subject):
            self.subject = None
            self._stack.setCurrentIndex(0)
        else:
            self._show(self.subject)

    def _show(self, subject: Subject) -> None:
        facts = self._session.facts
        if facts is None:
            return
        self.subject = subject
        self._back.setEnabled(bool(self._before))
        self._proof.hide()
        clear(self._body)
        if isinstance(subject, Finding):
            parts = self._finding(subject)
        elif isinstance(subject, tuple):
            parts = self._relationship(facts, subject)
        else:
            parts = self._asset(facts, subject)
        for part in parts:
            self._body.addWidget(part)
        self._stack.setCurrentIndex(1)

    def _prove(self, *evidence: Evidence) -> None:
        self._proof.show()
        self.evidence.show_evidence(evidence)

    # An asset

    def _asset(self, facts: Facts, asset_id: str) -> Iterator[QWidget]:
        yield _title(facts, asset_id)
        yield self._actions(facts, asset_id)
        found = facts.findings_of.get(asset_id, [])
        if found:
            yield self._findings(asset_id, found)
        properties = list(values.rows(facts.graph.schema, facts.asset(asset_id)))
        if properties:
            parts = [self._property(each) for each in properties]
            yield plain(text.label("Properties", "heading"), *parts, gap=12)
        yield from neighbours(self._session, asset_id)

    def _actions(self, facts: Facts, asset_id: str) -> QWidget:
        go, through = self._session.go, len(facts.paths_through.get(asset_id, ()))
        lines = [
            row(
                button("Paths from this", lambda: go("attack_paths", entry=asset_id)),
                button("Paths to this", lambda: go("attack_paths", target=asset_id)),
                button("In the graph", lambda: go("graph", asset_id)),
                gap=8,
            ),
            *(self._mark_line(facts, asset_id, role) for role in ROLE_WORDS),
        ]
        for line in lines:
            line.addStretch()
        made = plain(*lines, gap=8)
        if through:
            words = f"{text.count(through, 'attack path')} through this"
            made.layout().addWidget(link(words, lambda: go("attack_paths", through=asset_id)))  # type: ignore[union-attr] # it is there: made above
        return made

    def _mark_line(self, facts: Facts, asset_id: str, role: Role) -> QHBoxLayout:
        chosen = asset_id in (facts.entries if role == "entry" else facts.jewels)
        name = ROLE_WORDS[role]
        words = f"Not a{'n' if role == 'entry' else ''} {name}" if chosen else f"Mark as {name}"
        made = button(
            words, lambda: self._session.mark(asset_id, role, wanted=not chosen), style="chip"
        )
        line = row(made, gap=8)
        if chosen:
            reason = facts.reason(asset_id, role)
            line.insertWidget(0, text.label(f"{name.capitalize()}: {reason}", "small", wrap=True))
            line.setStretch(0, 1)
        return line

    def _findings(self, asset_id: str, found: list[Finding]) -> QWidget:
        """One line a rule, for its worst finding; the others of the rule are counted."""
        by_rule: dict[str, list[Finding]] = {}
        for finding in found:
            by_rule.setdefault(finding.rule, []).append(finding)
        rules = list(by_rule.values())
        lines: list[QWidget] = [self._rule_line(asset_id, each) for each in rules[:RULES]]
        if len(rules) > RULES:
            words = f"{text.count(len(rules) - RULES, 'more rule')}"
            lines.append(link(words, lambda: self._session.go("findings", words=asset_id)))
        return plain(text.label(f"Findings   {len(found):,}", "heading"), *lines, gap=2)

    def _rule_line(self, asset_id: str, found: list[Finding]) -> QWidget:
        go, worst, more = self._session.go, found[0], len(found) - 1
        made = Wide(worst.title, lambda: go("findings", worst.id))
        text.tip(made, worst.title)
        line = row(Shape(worst.severity), made, gap=4)
        if worst.verdict == "undecided":
            line.addWidget(text.label("undecided", "undecided"))
        if more:
            rest = link(f"{more:,} more", lambda: go("findings", words=f"{worst.rule} {asset_id}"))
            rest.setAccessibleName(f"{more:,} more: {worst.title}")
            line.addWidget(rest)
        line.setStretch(1, 1)
        return plain(line)

    def _property(self, item: values.Row) -> QWidget:
        words = column(
            text.label(item.title, "small", wrap=True),
            text.label(item.value, wrap=True, selectable=not text.has_long_word(item.value)),
            gap=2,
        )
        line = row(words, gap=8)
        line.setStretch(0, 1)
        evidence = item.evidence
        if evidence is not None:
            show = flat(
                "file-document-outline",
                f"Where it was read: {item.title}",
                lambda: self._prove(evidence),
            )
            line.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)
        return plain(line)

    # A relationship, a finding

    def _relationship(self, facts: Facts, key: tuple[str, str, str]) -> Iterator[QWidget]:
        from app.lookup import sentence, step_texts  # noqa: PLC0415 - loads the rules

        relationship = facts.relationship(key)
        if relationship is None:
            return
        texts = step_texts(facts.graph, relationship)
        yield plain(
            text.label(f"RELATIONSHIP   ·   {MEANINGS[relationship.verdict].upper()}", "eyebrow"),
            text.label(sentence(facts.graph, relationship), "heading", wrap=True, selectable=True),
            self._end(facts, relationship.source),
            self._end(facts, relationship.target),
            link(
                "Show in the graph",
                lambda: self._session.go("graph", steps=steps_key([relationship])),
            ),
            gap=4,
        )
        if relationship.verdict is not Verdict.YES:
            yield _section("Undecided, because", *relationship.missing)
        yield _section("Why it exists", texts.why)
        yield _section("How it is abused", texts.abuse)
        yield _section("How to break it", texts.remedy)
        yield _section(
            "Details",
            *(
                f"{name.replace('_', ' ')}: {values.words(value)}"
                for name, value in relationship.properties.items()
            ),
        )
        self._prove(*reversed(relationship.evidence))

    def _end(self, facts: Facts, asset_id: str) -> QWidget:
        made = Wide(facts.name(asset_id), lambda: self._session.inspect(asset_id))
        asset = facts.asset(asset_id)
        return plain(row(Disc(asset.kind, facts.category(asset_id), 24), made, gap=8))

    def _finding(self, finding: Finding) -> Iterator[QWidget]:
        sure = MEANINGS[finding.verdict].upper()
        yield plain(
            row(
                Shape(finding.severity),
                text.label(f"{finding.severity.value.upper()}   ·   {sure}", "eyebrow"),
                gap=8,
            ),
            text.label(finding.title, "heading", wrap=True, selectable=True),
            link("Open in findings", lambda: self._session.go("findings", finding.id)),
            link("Show in the graph", lambda: self._session.go("graph", finding=finding.id)),
            gap=8,
        )
        facts = self._session.facts
        if facts is not None:
            ends = [self._end(facts, asset) for asset in finding.assets if asset in facts.graph]
            yield plain(text.label("Assets", "heading"), *ends, gap=4)
        if finding.evidence:
            self._prove(*finding.evidence)


def _title(facts: Facts, asset_id: str) -> QWidget:
    asset = facts.asset(asset_id)
    place = "   ·   ".join(part for part in (asset.account, asset.region) if part)
    words = column(
        text.label(facts.name(asset_id), "heading", wrap=True),
        text.label(facts.kind_title(asset_id), "muted", wrap=True),
        gap=2,
    )
    head = row(Disc(asset.kind, facts.category(asset_id), 40), words, gap=12)
    head.setStretch(1, 1)
    head.setAlignment(Qt.AlignmentFlag.AlignTop)
    parts: list[QWidget] = [_id_line(asset_id)]
    if place:
        parts.append(text.label(place, "small", selectable=True))
    if asset.properties.get("described") is False:
        words_of = "Named by another asset only: no answer describes it, so nothing more is known."
        parts.append(text.label(words_of, "small", wrap=True))
    return plain(head, *parts, gap=8)


def _id_line(asset_id: str) -> QWidget:
    field = QLineEdit(text.shown(asset_id))
    field.setReadOnly(True)
    field.setAccessibleName("Id")
    field.setFont(theme.code_font(11))
    field.setCursorPosition(0)
    copy = flat(
        "content-copy", "Copy the id", lambda: QGuiApplication.clipboard().setText(asset_id)
    )
    return plain(row(field, copy, gap=4))


def _section(title: str, *paragraphs: str) -> QWidget:
    shown = [each for each in paragraphs if each]
    labels = [text.label(each, wrap=True, selectable=True) for each in shown]
    made = plain(text.label(title, "strong"), *labels, gap=4)
    made.setVisible(bool(shown))
    return made


def _nothing() -> QWidget:
    return plain(
        rule(),
        empty(
            "cursor-default-click-outline",
            "Nothing chosen",
            "Choose an asset in any view, or search for one with Ctrl+K.",
        ),
    )
