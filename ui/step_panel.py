"""One step of a path: why it exists, how it is abused, how to break it, and the raw record that proves it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph.model import Key, Step, Verdict
from ui import text
from ui.evidence_view import EvidenceView
from ui.facts import MEANINGS, Facts
from ui.session import Session
from ui.sides import Sides
from ui.widgets import button, card, clear, column, flat, plain, row, scrolled


class StepPanel(QWidget):
    """Explanation on the left, proof on the right."""

    walk = Signal(int)

    def __init__(self, session: Session, *, single: bool = False) -> None:
        """`single`: a step by itself, with none before or after it."""
        super().__init__()
        self._session, self._single = session, single
        self._shown: tuple[Sequence[Step], int] = ((), 0)
        session.tried.connect(self._again)
        self._eyebrow = text.label("", "eyebrow")
        self._sentence = text.label("", "heading", wrap=True, selectable=True)
        self._body = QVBoxLayout()
        self._body.setSpacing(16)
        page = plain(self._sentence, self._body, gap=16)
        page.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
        page.layout().setContentsMargins(0, 0, 8, 0)  # type: ignore[union-attr] # it is there: made above
        head = row(self._eyebrow)
        head.addStretch()
        if not single:
            head.addWidget(flat("arrow-left", "Step before (Left)", lambda: self.walk.emit(-1)))
            head.addWidget(flat("arrow-right", "Next step (Right)", lambda: self.walk.emit(1)))
        self.evidence = EvidenceView(session)
        self._page = scrolled(page)
        why = card(head, self._page)
        proof = card(text.label("PROOF", "eyebrow"), self.evidence)
        self.sides = Sides(
            "right_panel" if single else "step_panel", why, proof, ("Explanation", "Proof")
        )
        self.setLayout(column(self.sides))

    def show_step(self, steps: Sequence[Step], number: int) -> None:
        """Explain one step of a path."""
        from app.lookup import sentence, step_texts  # noqa: PLC0415 - loads the rules

        facts, step = self._session.facts, steps[number]
        if facts is None:
            return
        self._shown = (steps, number)
        place = "" if self._single else f"STEP {number + 1} OF {len(steps)}   ·   "
        text.say(self._eyebrow, f"{place}{self._sure(step)}")
        text.say(self._sentence, sentence(facts.graph, step))
        clear(self._body)
        texts = step_texts(facts.graph, step)
        if step.missing:
            self._section("Undecided, because", "\n".join(f"•  {fact}" for fact in step.missing))
        self._section(
            "Why it exists" if self._single else "Why this step exists",
            texts.why,
            self._properties(step),
        )
        self._section("How it is abused", texts.abuse)
        self._section("How to break it", texts.remedy)
        self._what_if(facts, step.key)
        self.evidence.show_evidence(tuple(reversed(step.evidence)))

    def _again(self) -> None:
        if self._shown[0]:
            self.show_step(*self._shown)

    def _sure(self, step: Step) -> str:
        return MEANINGS[step.verdict].upper() if step.verdict is not Verdict.YES else "PROVED"

    def _section(self, title: str, *paragraphs: str) -> None:
        words = [words for words in paragraphs if words]
        if words:
            labels = [text.label(each, wrap=True, selectable=True) for each in words]
            self._body.addLayout(column(text.label(title, "strong"), *labels, gap=4))

    def _properties(self, step: Step) -> str:
        lines = []
        for key, value in sorted(step.properties.items()):
            words = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            if isinstance(words, str | int | float):
                lines.append(f"{key.replace('_', ' ').capitalize()}: {words}")
        return "\n".join(lines)

    def _what_if(self, facts: Facts, key: Key) -> None:
        """On how many paths the step is, and what would become of them without it."""
        session, over = self._session, facts.paths_over[key]
        if not over:
            return
        paths = text.count(len(facts.assessment.attack_paths), "attack path")
        words = text.label(f"On {over:,} of {paths}.", "strong", wrap=True)
        if key in session.cuts:
            made = button("Put it back", lambda: session.put_back((key,)), icon="undo")
        else:
            made = button("What if it is broken", lambda: session.cut(key), icon="content-cut")
        line = row(made)
        line.addStretch()
        self._body.addLayout(column(words, line, gap=8))
        self.setTabOrder(self._page, made)  # made last, it would come after the proof
