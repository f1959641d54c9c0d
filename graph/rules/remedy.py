"""Remediation with the real names, ids and regions of a finding filled in, safe to paste."""

import json
import re
import shlex
from collections.abc import Callable, Collection
from dataclasses import fields, replace

from graph.asset_graph import AssetGraph
from graph.coverage import provider_of
from graph.model import Asset, Finding
from graph.rules.model import Remediation, Rule
from graph.text import visible

# {notebook}, {notebook.region}; not ${var.x} of Terraform, not the { of JSON
_PLACEHOLDER = re.compile(r"(?<!\$)\{([a-z][a-z0-9_]*)(?:\.([a-z]+))?\}")
_GROUP = re.compile("/resourceGroups/([^/]+)", re.IGNORECASE)
_ATTRIBUTES = ("name", "id", "region", "account", "tail", "group")

Quote = Callable[[str], str]


def check_texts(remediation: Remediation, names: Collection[str]) -> str:
    """What is wrong with a placeholder, or nothing."""
    for field in fields(remediation):
        value = getattr(remediation, field.name)
        for text in value if isinstance(value, tuple) else (value,):
            for name, attribute in _PLACEHOLDER.findall(text) if isinstance(text, str) else ():
                if name not in names:
                    return f"{field.name}: {{{name}}} is not an asset of [[paths]]"
                if attribute and attribute not in _ATTRIBUTES:
                    return f"{field.name}: an asset has no {attribute!r} to fill in"
    return ""


def fill(rule: Rule, finding: Finding, graph: AssetGraph) -> Remediation:
    """The rule's remediation for one finding: in shell and Terraform texts, names cannot break out of their place."""
    assets = {
        name: graph.asset(graph.index_of(asset_id))
        for name, asset_id in finding.bindings.items()
        if asset_id in graph
    }

    def filled(text: str, quote: Quote) -> str:
        def value(found: re.Match[str]) -> str:
            asset = assets.get(found[1])
            return quote(_value(asset, found[2] or "name")) if asset else found[0]

        return _PLACEHOLDER.sub(value, text)

    remedy = rule.remediation
    about = assets.get(rule.pattern.about)
    clouds = {provider_of(asset.kind) for asset in ([about] if about else assets.values())} - {""}
    clouds = clouds or {provider_of(asset.kind) for asset in assets.values()} - {""}
    if clouds and remedy.cloud not in clouds:  # the steps are those of another cloud
        remedy = replace(remedy, console=(), cli="", terraform="", bicep="")
    return replace(
        remedy,
        short=filled(remedy.short, visible),
        long=filled(remedy.long, visible),
        console=tuple(filled(step, visible) for step in remedy.console),
        cli=filled(remedy.cli, _for_shell),
        terraform=filled(remedy.terraform, _for_terraform),
        bicep=filled(remedy.bicep, _for_bicep),
        side_effects=filled(remedy.side_effects, visible),
    )


def _value(asset: Asset, attribute: str) -> str:
    if attribute == "tail":  # what a service calls it: the end of its ARN
        return asset.id.rpartition("/")[2].rpartition(":")[2]
    if attribute == "group":  # the resource group of an Azure resource
        group = _GROUP.search(asset.id)
        return group[1] if group else f"<group of {asset.name}>"
    return str(getattr(asset, attribute)) or f"<{attribute} of {asset.name}>"


def _for_shell(text: str) -> str:
    return shlex.quote(visible(text))


def _for_terraform(text: str) -> str:
    """The inside of a quoted string."""
    return (
        json.dumps(visible(text), ensure_ascii=False)[1:-1]
        .replace("${", "$${")
        .replace("%{", "%%{")
    )


def _for_bicep(text: str) -> str:
    """The inside of a string in single quotes."""
    escaped = visible(text).replace("\\", "\\\\").replace("'", "\\'")
    return escaped.replace("${", "\\${").replace("\n", "\\n")
