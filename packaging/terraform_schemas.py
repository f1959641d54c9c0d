"""Write tests/fixtures/terraform/PROVIDER.json: the arguments and blocks of each resource type that a remediation names.

    python packaging/terraform_schemas.py WHEELS

WHEELS is a folder with the newest `cdktf-cdktf-provider-aws`, `-azurerm` and `-google` (`pip download --no-deps -d WHEELS NAME`),
which HashiCorp generated from the schemas of the providers: only names, nesting and what is required are taken from them.
A level is {"attributes": [name], "blocks": {name: level}, "required": [name of either]}. An argument that takes an object
is an attribute.
"""

import io
import json
import re
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "resources" / "rules"
TARGET = ROOT / "tests" / "fixtures" / "terraform"
_NAMED = re.compile(r'^(resource|data) "([a-z0-9_]+)"', re.MULTILINE)
_PAGE = re.compile(r"\{@link https://\S+/docs/(resources|data-sources)/\S+ (\w+)\}")
_ARGUMENT = re.compile(r"\{@link https://\S+#(\w+) \w+#\w+\}")
Types = Mapping[str, Mapping[str, Any]]


def named() -> set[tuple[str, str]]:
    """What remediations name: ("resource" or "data", type)."""
    rules = [tomllib.loads(path.read_text("utf-8")) for path in RULES.rglob("*.toml")]
    snippets = [rule.get("remediation", {}).get("terraform", "") for rule in rules]
    return {found for snippet in snippets for found in _NAMED.findall(snippet)}


def assembly(wheel: Path) -> tuple[Types, Mapping[str, str]]:
    """The types that a wheel describes and the provider they are of: name and version."""
    with zipfile.ZipFile(wheel) as packed:
        (inner,) = [name for name in packed.namelist() if name.endswith(".jsii.tgz")]
        with tarfile.open(fileobj=io.BytesIO(packed.read(inner))) as files:
            described = json.load(files.extractfile("package/.jsii"))  # type: ignore[arg-type]  # a file, not a folder
            package = json.load(files.extractfile("package/package.json"))  # type: ignore[arg-type]  # as above
    return described["types"], package["cdktf"]["provider"]


def structure(types: Types, of: Any) -> str | None:
    """The type of what a property holds, where the provider describes it: one, or a list of them."""
    text = json.dumps(of)
    names = [name for name in re.findall(r'"fqn": "([^"]+)"', text) if name in types]
    return names[0] if names else None


def level(types: Types, name: str) -> dict[str, Any]:
    """Arguments and blocks of one type."""
    found: dict[str, Any] = {"attributes": [], "blocks": {}, "required": []}
    for each in types[name].get("properties", ()):
        docs = " ".join((each["docs"].get("summary", ""), each["docs"].get("remarks", "")))
        argument = _ARGUMENT.search(docs)
        if (
            argument is None or "automatically added" in docs
        ):  # count and the like; an id that cannot be set
            continue
        word, inner = argument[1], structure(types, each["type"])
        if inner and each["docs"].get("summary") == f"{word} block.":
            found["blocks"][word] = level(types, inner)
        else:
            found["attributes"].append(word)
        if not each.get("optional"):
            found["required"].append(word)
    return {
        key: dict(sorted(v.items())) if key == "blocks" else sorted(v) for key, v in found.items()
    }


def resources(types: Types, wanted: set[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """{"resource": {type: level}, "data": {type: level}} of those wanted."""
    found: dict[str, dict[str, Any]] = {"data": {}, "resource": {}}
    for each in types.values():
        page = _PAGE.search(each.get("docs", {}).get("summary", ""))
        if page is None or each["kind"] != "class":
            continue
        kind = "resource" if page[1] == "resources" else "data"
        if (kind, page[2]) in wanted:
            config = each["initializer"]["parameters"][-1]["type"]["fqn"]
            found[kind][page[2]] = level(types, config)
    return {kind: dict(sorted(rows.items())) for kind, rows in found.items()}


def main(wheels: str) -> None:
    """Read each wheel, keep what is named, write."""
    for wheel in sorted(Path(wheels).glob("cdktf_cdktf_provider_*.whl")):
        types, provider = assembly(wheel)
        name = provider["name"].rpartition("/")[2]
        table = {"provider": provider["name"], "version": provider["version"], "source": wheel.name}
        text = json.dumps({**table, **resources(types, named())}, indent=1)
        target = TARGET / f"{name}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text + "\n", "utf-8", newline="\n")
        print(f"{target.relative_to(ROOT)}: {provider['version']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
