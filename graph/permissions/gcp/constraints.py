"""Organisation policies that are switched on or off: whether one is in force for something, as far as that is sure.

Source: Google Cloud, understanding hierarchy evaluation. The nearest policy decides; one whose rules have conditions counts as not
enforced, for something may be excepted from it.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from graph.estate import Estate
from graph.model import Asset
from graph.permissions.gcp.places import Line

_PUBLIC = ("storage.publicAccessPrevention", "storage.managed.publicAccessPrevention")


class Constraints:
    """The organisation policies of an estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate

    def enforced(self, names: Sequence[str], line: Line) -> bool:
        """Whether one of these constraints is surely enforced for what lies at the end of a line."""
        return any(
            next((rows[one] for one in line.holders if one in rows), False)
            for rows in (self._by_name.get(name, {}) for name in names)
        )

    def refuse_everybody(self, line: Line) -> bool:
        """Whether public access prevention of a bucket, or of anything above it, takes everybody out of its policy."""
        bucket = self.estate.assets.get(line.holders[0]) if line.holders else None
        if bucket is None or bucket.kind != "storage.googleapis.com/Bucket":
            return False
        return bucket.properties.get("public_access") == "enforced" or self.enforced(_PUBLIC, line)

    @cached_property
    def _by_name(self) -> Mapping[str, Mapping[str, bool]]:
        """Constraint -> scope -> whether it is enforced there."""
        found: dict[str, dict[str, bool]] = {}
        for asset in self.estate.of_label("OrgPolicy"):
            name = asset.properties.get("constraint")
            for edge in self.estate.outgoing.get(asset.id, ()) if name else ():
                if edge.kind == "APPLIES_TO":
                    found.setdefault(str(name), {})[edge.target] = _is_on(asset)
        return found


def _is_on(policy: Asset) -> bool:
    document = policy.properties.get("document")
    rules = document.get("rules") if isinstance(document, Mapping) else None
    sure = [rule for rule in rules or () if isinstance(rule, Mapping)]
    return bool(sure) and all(rule.get("enforce") and not rule.get("condition") for rule in sure)
