"""The way back from a translated answer to the raw record that it was made from."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Origin:
    """From pointers into the translated answer back to pointers into the resource's attributes."""

    leaves: dict[str, str] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)

    def note(self, pointer: str, raw: str) -> None:
        """A value, and by that everything above it, has a place in the resource."""
        self.leaves[pointer] = raw
        upper = pointer.rpartition("/")[0]
        while upper:
            raw = raw.rpartition("/")[0]
            known = self.above.get(upper)
            self.above[upper] = raw if known is None else _common(known, raw)
            upper = upper.rpartition("/")[0]

    def pointer(self, pointer: str) -> str | None:
        """The pointer into the attributes, or None where the resource does not tell."""
        if pointer in self.leaves:
            return self.leaves[pointer]
        if pointer in self.above:
            return self.above[pointer]
        upper, slash, last = pointer.rpartition("/")
        while slash:
            if upper in self.leaves:
                return f"{self.leaves[upper]}/{last}"
            upper, slash, more = upper.rpartition("/")
            last = f"{more}/{last}"
        return None


def _common(first: str, second: str) -> str:
    parts = []
    for one, other in zip(first.split("/"), second.split("/"), strict=False):
        if one != other:
            break
        parts.append(one)
    return "/".join(parts)
