"""Where attack paths begin and end: chosen by data and by the user's marks, or one asset that is picked here."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from PySide6.QtWidgets import QGridLayout, QWidget

from ui import icons, text
from ui.chooser import Chooser, Hit
from ui.facts import Facts, Role
from ui.palette import assets
from ui.session import Session
from ui.widgets import Wide, flat

ANY: Mapping[Role, str] = {"entry": "Any entry point", "target": "Any crown jewel"}
WORDS: Mapping[Role, str] = {"entry": "From", "target": "To"}


class EndPickers(QWidget):
    """Two lines, From and To; `changed` is called with both ids, "" for any."""

    def __init__(self, session: Session, changed: Callable[[str, str], object]) -> None:
        super().__init__()
        self._session, self._changed = session, changed
        self.ends: dict[Role, str] = {"entry": "", "target": ""}
        self._buttons: dict[Role, Wide] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for number, role in enumerate(ANY):
            self._buttons[role] = made = Wide(ANY[role], partial(self.pick, role))
            made.setObjectName("field")
            grid.addWidget(text.label(WORDS[role], "small"), number, 0)
            grid.addWidget(made, number, 1)
        grid.addWidget(flat("swap-vertical", "Exchange From and To", self._swap), 0, 2, 2, 1)
        grid.setColumnStretch(1, 1)

    def show_ends(self, entry: str, target: str) -> None:
        """Say what is picked."""
        self.ends = {"entry": entry, "target": target}
        facts = self._session.facts
        for role, asset in self.ends.items():
            known = facts is not None and asset in facts.graph
            name = facts.name(asset) if facts is not None and known else self._any(role)
            made = self._buttons[role]
            made.say(name, f"{WORDS[role]}: {name}")
            text.tip(made, asset or f"{name}. Press to pick one asset.")
            icon = "asterisk"
            if facts is not None and known:
                icon = icons.kind_icon_name(facts.asset(asset).kind)
            made.setIcon(icons.icon(icon))

    def _any(self, role: Role) -> str:
        facts = self._session.facts
        if facts is None:
            return ANY[role]
        number = len(facts.entries if role == "entry" else facts.jewels)
        return f"{ANY[role]} ({number:,})"

    def pick(self, role: Role) -> None:
        """Ask for an asset."""
        facts = self._session.facts
        if facts is None:
            return
        chooser = Chooser(
            self, WORDS[role], "Name or id of an asset", partial(self._hits, facts, role)
        )
        under = self._buttons[role]
        chooser.move(under.mapToGlobal(under.rect().bottomLeft()))
        chooser.exec()

    def _hits(self, facts: Facts, role: Role, words: str) -> Iterator[Hit]:
        wanted = words.casefold().split()
        if wanted:
            yield from assets(wanted, facts, partial(self._set, role))
            return
        yield Hit(
            self._any(role),
            "chosen by data and your marks",
            "asterisk",
            partial(self._set, role, ""),
        )
        chosen = facts.assessment.entry_points if role == "entry" else facts.assessment.crown_jewels
        for item in chosen[:100]:
            icon = icons.kind_icon_name(facts.asset(item.id).kind)
            yield Hit(facts.name(item.id), item.reason, icon, partial(self._set, role, item.id))

    def _set(self, role: Role, asset: str) -> None:
        ends = self.ends | {role: asset}
        self._changed(ends["entry"], ends["target"])

    def _swap(self) -> None:
        self._changed(self.ends["target"], self.ends["entry"])
