"""Attack paths over an AssetGraph: from where an attacker may stand to what he wants."""

from graph.paths.attack import attack_paths, paths_between
from graph.paths.selection import Selected, crown_jewels, entry_points

__all__ = ["Selected", "attack_paths", "crown_jewels", "entry_points", "paths_between"]
