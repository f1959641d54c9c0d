"""What becomes of attack paths when steps are broken, in words."""

from graph.paths.what_if import WhatIf


def outcome(tried: WhatIf) -> str:
    """How many paths are broken, remain, and take another way: one sentence."""
    paths = len(tried.broken) + len(tried.remaining)
    another = f", {len(tried.before):,} of them by another way" if tried.before else ""
    return (
        f"That breaks {len(tried.broken):,} of {paths:,} attack paths; "
        f"{len(tried.remaining):,} remain{another}."
    )
