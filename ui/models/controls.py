"""Controls of frameworks as columns: one row a control."""

import numpy as np

from app.compliance import State, controls
from graph.assessment import Assessment
from ui import icons
from ui.control_panel import CONTROL_STATES
from ui.models.table import Mask, TableModel, code_column, number_column, text_column


class Controls:
    """Columns and filters over every control."""

    def __init__(self, assessment: Assessment) -> None:
        self.items = controls(assessment)

    def model(self) -> TableModel:
        """A table of all controls."""
        items, states = self.items, list(State)
        codes = np.array([states.index(each.state) for each in items], dtype=np.int64)
        words = [CONTROL_STATES[state] for state in states]
        pictures = [icons.icon(each.icon, each.token) for each in words]
        columns = (
            text_column("Control", [each.id for each in items], width=140),
            text_column("Title", [each.title for each in items], width=440),
            code_column(
                "State",
                codes,
                [each.title for each in words],
                sorted_by_code=True,
                width=140,
                icon=lambda row: pictures[codes[row]],
            ),
            number_column("Failed", np.array([each.failed for each in items]), width=84),
            number_column("Undecided", np.array([each.undecided for each in items]), width=96),
            number_column("Passed", np.array([each.passed for each in items]), width=84),
            number_column("Rules", np.array([len(each.rules) for each in items]), width=72),
        )
        return TableModel(columns, len(items))

    def mask(self, framework: str, words: str, state: str) -> Mask:
        """Controls of a framework that hold every word, in a state if one is given."""
        wanted = words.casefold().split()
        fits = [
            each.framework == framework
            and state in ("", each.state.value)
            and all(word in f"{each.id} {each.title}".casefold() for word in wanted)
            for each in self.items
        ]
        return np.array(fits, dtype=bool)
