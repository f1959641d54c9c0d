"""What the window is looking at: the open assessment, the place in it, the way back, the user's marks."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from graph.assessment import Assessment
from graph.model import AcceptedRisk, AttackPath, Key, StoreError
from graph.progress import CancelCheck, Progress
from ui.facts import ROLE_WORDS, Facts, Role, Subject
from ui.operations import Operations

if TYPE_CHECKING:
    from app.workspace import Workspace
    from graph.paths.what_if import WhatIf

WAYS = 10  # shown between two assets


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere in the window: a view, what is chosen there, which filters are set."""

    view: str
    item: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)


class Session(QObject):
    """Shared by all views; they tell it where to go and listen for what changed."""

    opened = Signal()  # another assessment, or the same with other paths
    moved = Signal(object)  # a Place
    inspected = Signal(object)  # a Subject
    tried = Signal()  # other steps are broken for a try, or it is known what that does
    said = Signal(str)  # one sentence for the user

    def __init__(self, operations: Operations, workspace: "Workspace | None" = None) -> None:
        super().__init__()
        self.operations = operations
        self.undo = QUndoStack(self)
        self.facts: Facts | None = None
        self.path: Path | None = None
        self.cuts: tuple[Key, ...] = ()  # steps that are broken for a try
        self.what_if: WhatIf | None = None  # what that does, once it is known
        self._workspace = workspace
        self._history: list[Place] = []
        self._position = -1

    # Where we are

    def go(self, view: str, item: str = "", **filters: str) -> None:
        """Go to a place; what was ahead on the way is forgotten."""
        place = Place(view=view, item=item, filters=filters)
        if self._position >= 0 and self._history[self._position] == place:
            self.moved.emit(place)
            return
        del self._history[self._position + 1 :]
        self._history.append(place)
        self._position += 1
        self.moved.emit(place)

    def note(self, place: Place) -> None:
        """The choice within a view changed: Back returns to it, without a step of its own."""
        if self._position >= 0 and self._history[self._position].view == place.view:
            self._history[self._position] = place

    @property
    def place(self) -> Place | None:
        """Where we are."""
        return self._history[self._position] if self._position >= 0 else None

    def can_step(self, by: int) -> bool:
        """Is there a place behind (-1) or ahead (1)?"""
        return 0 <= self._position + by < len(self._history)

    def step(self, by: int) -> None:
        """Back (-1) or forward (1)."""
        if self.can_step(by):
            self._position += by
            self.moved.emit(self._history[self._position])

    def inspect(self, subject: Subject) -> None:
        """Show an asset (by id), a relationship (by key) or a finding in the inspector."""
        if self.facts is not None and self.facts.knows(subject):
            self.inspected.emit(subject)

    # What is open

    def show(self, assessment: Assessment, path: Path | None = None) -> None:
        """Another assessment; the way back begins anew."""
        self.facts = Facts(self._with_accepted(assessment))
        self.path = path
        self.undo.clear()
        self.cuts, self.what_if = (), None
        self._history, self._position = [], -1
        self.opened.emit()
        self.go("overview")
        if self._marked():
            self._search_again()

    def open_file(self, path: Path) -> None:
        """Read a snapshot and assess it, in the background."""

        def work(*, progress: Progress, cancelled: CancelCheck) -> Assessment:
            from app.assess import open_assessment  # noqa: PLC0415 - heavy, and not needed to start

            return open_assessment(path, progress=progress, cancelled=cancelled)

        self.operations.run(f"Opening {path.name}", work, lambda result: self.show(result, path))

    # The user's marks

    def mark(self, asset_id: str, role: Role, *, wanted: bool) -> None:
        """Call an asset an entry point or crown jewel, or no longer; can be undone."""
        self.undo.push(_Mark(self, asset_id, role, wanted=wanted))

    def marked(self, asset_id: str, role: Role) -> bool | None:
        """What the user said of an asset: it is, it is not, or nothing."""
        try:
            return self._open_workspace().store.marks(role).get(asset_id)
        except StoreError:
            return None

    def apply_mark(self, asset_id: str, role: Role, *, wanted: bool | None) -> None:
        """Keep a mark and search the paths again."""
        try:
            self._open_workspace().mark(asset_id, role, wanted=wanted)
        except StoreError as error:
            self.said.emit(str(error))
            return
        self._search_again()

    # Accepted risks

    def accept(self, risk: AcceptedRisk, *, wanted: bool) -> None:
        """Accept a risk, or take it back; can be undone."""
        self.undo.push(_Accept(self, risk, wanted=wanted))

    def apply_accepted(self, risk: AcceptedRisk, *, wanted: bool) -> None:
        """Keep or forget an accepted risk and say so on the findings."""
        from graph.rules.accepted import risk_id  # noqa: PLC0415 - loads the rules

        try:
            store = self._open_workspace().store
            store.accept(risk) if wanted else store.revoke(risk_id(risk))
        except StoreError as error:
            self.said.emit(str(error))
            return
        if self.facts is not None:
            self._refresh(self._with_accepted(self.facts.assessment))

    def _with_accepted(self, assessment: Assessment) -> Assessment:
        """Findings with the risks of the workspace that are valid today."""
        from graph.rules.accepted import with_accepted  # noqa: PLC0415 - loads the rules

        try:
            risks = self._open_workspace().store.accepted()
        except StoreError as error:
            self.said.emit(str(error))
            return assessment
        if not risks and not any(item.accepted for item in assessment.findings):
            return assessment
        today = datetime.now(UTC).date()
        found = with_accepted(assessment.findings, assessment.graph, risks, today)
        return replace(assessment, findings=found)

    def _open_workspace(self) -> "Workspace":
        if self._workspace is None:
            from app.workspace import Workspace  # noqa: PLC0415 - needs the stores

            self._workspace = Workspace()
        return self._workspace

    def _marked(self) -> bool:
        try:
            store = self._open_workspace().store
            return bool(store.marks("entry") or store.marks("target"))
        except StoreError as error:
            self.said.emit(str(error))
            return False

    def _search_again(self) -> None:
        if self.facts is None:
            return
        assessment, graph = self.facts.assessment, self.facts.graph
        store = self._open_workspace().store
        marks = {role: store.marks(role) for role in ROLE_WORDS}

        def work(*, progress: Progress, cancelled: CancelCheck) -> Assessment:
            from app.workspace import with_marks  # noqa: PLC0415 - only when it is asked for
            from graph.paths import attack_paths, crown_jewels, entry_points  # noqa: PLC0415 - only when it is asked for
            from graph.paths.selection import selected  # noqa: PLC0415 - only when it is asked for

            begin, end = entry_points(graph), crown_jewels(graph)
            chosen = selected(graph, with_marks(graph, begin, marks["entry"]), begin)
            wanted = selected(graph, with_marks(graph, end, marks["target"]), end)
            found = attack_paths(
                graph, entries=chosen, targets=wanted, progress=progress, cancelled=cancelled
            )
            return replace(assessment, attack_paths=found, entry_points=chosen, crown_jewels=wanted)

        self.operations.run("Searching attack paths", work, self._refresh)

    def find_paths(
        self, entry: str, target: str, done: Callable[[tuple[AttackPath, ...]], None]
    ) -> None:
        """Search from one asset, to one, or the best ways between two; "" stands for every one that is chosen."""
        if self.facts is None:
            return
        assessment, graph, cuts = self.facts.assessment, self.facts.graph, self.cuts

        def work(*, progress: Progress, cancelled: CancelCheck) -> tuple[AttackPath, ...]:
            from graph.paths import attack_paths, paths_between  # noqa: PLC0415 - only when it is asked for

            if entry and target:
                return paths_between(graph, entry, target, WAYS, cuts=cuts)
            return attack_paths(
                graph,
                entries=[entry] if entry else assessment.entry_points,
                targets=[target] if target else assessment.crown_jewels,
                cuts=cuts,
                progress=progress,
                cancelled=cancelled,
            )

        self.operations.run("Searching attack paths", work, done)

    # What if

    def cut(self, key: Key) -> None:
        """Break a step for a try; can be undone."""
        if key not in self.cuts and self.facts is not None:
            words = f"Break: {self.facts.words(key)}"
            self.undo.push(_Cuts(self, words, (*self.cuts, key)))

    def put_back(self, keys: Collection[Key]) -> None:
        """Break these steps no longer; can be undone."""
        rest = tuple(key for key in self.cuts if key not in keys)
        if rest != self.cuts:
            self.undo.push(_Cuts(self, "Put back", rest))

    def apply_cuts(self, cuts: tuple[Key, ...]) -> None:
        """Search again without these steps."""
        self.cuts, self.what_if = cuts, None
        self.tried.emit()
        if self.facts is None or not cuts:
            return
        graph, paths = self.facts.graph, self.facts.assessment.attack_paths

        def work(*, progress: Progress, cancelled: CancelCheck) -> "WhatIf":
            from graph.paths.what_if import what_if  # noqa: PLC0415 - only when it is asked for

            return what_if(graph, paths, cuts, progress=progress, cancelled=cancelled)

        self.operations.run("Searching without the broken steps", work, self._on_tried)

    def _on_tried(self, what_if: "WhatIf") -> None:
        self.what_if = what_if
        self.tried.emit()

    def _refresh(self, assessment: Assessment) -> None:
        self.facts = Facts(assessment)
        self.opened.emit()
        if self.place is not None:
            self.moved.emit(self.place)
        if self.cuts:  # last: it takes the place of a search that the views began
            self.apply_cuts(self.cuts)


class _Mark(QUndoCommand):
    """One mark that can be taken back."""

    def __init__(self, session: Session, asset_id: str, role: Role, *, wanted: bool) -> None:
        name = session.facts.name(asset_id) if session.facts else asset_id
        start = "Mark" if wanted else "Do not count"
        super().__init__(f"{start} {name} as {ROLE_WORDS[role]}")
        self._session, self._asset, self._role, self._wanted = session, asset_id, role, wanted
        self._before = session.marked(asset_id, role)

    def redo(self) -> None:
        self._session.apply_mark(self._asset, self._role, wanted=self._wanted)

    def undo(self) -> None:
        self._session.apply_mark(self._asset, self._role, wanted=self._before)


class _Cuts(QUndoCommand):
    """Other steps that are broken for a try."""

    def __init__(self, session: Session, words: str, cuts: tuple[Key, ...]) -> None:
        super().__init__(words)
        self._session, self._before, self._after = session, session.cuts, cuts

    def redo(self) -> None:
        self._session.apply_cuts(self._after)

    def undo(self) -> None:
        self._session.apply_cuts(self._before)


class _Accept(QUndoCommand):
    """A risk that was accepted, or taken back."""

    def __init__(self, session: Session, risk: AcceptedRisk, *, wanted: bool) -> None:
        what = risk.rule or "the finding"
        super().__init__(f"Accept {what}" if wanted else f"Accept {what} no longer")
        self._session, self._risk, self._wanted = session, risk, wanted

    def redo(self) -> None:
        self._session.apply_accepted(self._risk, wanted=self._wanted)

    def undo(self) -> None:
        self._session.apply_accepted(self._risk, wanted=not self._wanted)
