"""Write resources/permissions/gcp_roles.json: which permissions each predefined role of Google Cloud holds.

    python packaging/gcp_roles.py SOURCE REVISION

SOURCE is the folder gcp/roles of a checkout of https://github.com/iann0036/iam-dataset (MIT, see NOTICE), one answer of
roles.get a file, or one JSON file {role: {"permissions": [...]}} made from it; REVISION is the commit it was taken from.
"""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "permissions" / "gcp_roles.json"
Roles = Mapping[str, frozenset[str]]


def read(source: Path) -> Roles:
    """Permissions by role, in one spelling."""
    if source.is_dir():
        rows = [json.loads(path.read_text("utf-8")) for path in sorted(source.glob("*.json"))]
        return {row["name"]: frozenset(row.get("includedPermissions", ())) for row in rows}
    opens = gzip.open if source.suffix == ".gz" else open
    with opens(source, "rt", encoding="utf-8") as stream:
        return {name: frozenset(row["permissions"]) for name, row in json.load(stream).items()}


def runs(numbers: list[int]) -> Iterator[str]:
    """Neighbours as one range: 3,4,5,9 is 3-5 and 9."""
    start = previous = numbers[0]
    for number in [*numbers[1:], -1]:
        if number != previous + 1:
            yield f"{start}-{previous}" if previous > start else str(start)
            start = number
        previous = number


def main(source: str, revision: str) -> None:
    """Read, number the permissions, write."""
    roles = read(Path(source))
    permissions = sorted({permission for held in roles.values() for permission in held})
    number = {permission: position for position, permission in enumerate(permissions)}
    rows = {
        name: ",".join(runs(sorted(number[permission] for permission in held))) if held else ""
        for name, held in sorted(roles.items())
    }
    origin = f"predefined roles published by Google, from iann0036/iam-dataset {revision} (MIT, see NOTICE)"
    text = json.dumps(
        {"source": origin, "permissions": permissions, "roles": rows}, ensure_ascii=False, indent=0
    )
    TARGET.write_text(text + "\n", "utf-8", newline="\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(rows)} roles, {len(permissions)} permissions")


if __name__ == "__main__":
    main(*sys.argv[1:])
