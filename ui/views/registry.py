"""Which class shows which view; imported only when one is asked for."""

from importlib import import_module

from ui.session import Session
from ui.views.view import View

_CLASSES = {
    "overview": ("ui.views.overview", "OverviewView"),
    "attack_paths": ("ui.views.attack_paths", "AttackPathsView"),
    "findings": ("ui.views.findings", "FindingsView"),
    "inventory": ("ui.views.inventory", "InventoryView"),
    "access": ("ui.views.access", "AccessView"),
    "graph": ("ui.views.graph", "GraphView"),
    "compliance": ("ui.views.compliance", "ComplianceView"),
    "coverage": ("ui.views.coverage", "CoverageView"),
}


def make(key: str, session: Session) -> View:
    """A new view; KeyError for a name that is none."""
    module, name = _CLASSES[key]
    view = getattr(import_module(module), name)(session)
    if not isinstance(view, View):
        raise TypeError(f"{module}.{name} is not a view")
    return view
