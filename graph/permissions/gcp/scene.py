"""One request as conditions see it: attributes from its context, from the resource's name, and from the snapshot's time.

An attribute that nobody gave is unknown; one given as null, or that the resource cannot have, fails the part that asks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graph.content import read_toml
from graph.permissions.gcp.values import Failed, Moment, Unknown, moment, nested

_OF_RESOURCE = {"resource.service", "resource.type", "resource.name"}
_TAG_TESTS = {
    "matchTag": ("resource.tags", True),
    "matchTagId": ("resource.tagIds", True),
    "hasTagKey": ("resource.tags", False),
    "hasTagKeyId": ("resource.tagIds", False),
}
_SECRETS = "secretmanager.googleapis.com"
_ALIASES = {
    "cloudsql.googleapis.com": "sqladmin.googleapis.com",
    "bigtable.googleapis.com": "bigtableadmin.googleapis.com",
}
_PROJECT = re.compile(r"(projects/)([^/]*)(.*)", re.DOTALL)
_NAME = re.compile(r"//(?P<service>[^/]+)/(?P<path>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request. `tags`: those in force on the resource, namespaced key -> value; `tags_whole`: there are no others.

    `number`: of the project, for Secret Manager names resources with it; "" where nobody told.
    """

    permission: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""  # the snapshot's time
    tags: Mapping[str, str] = field(default_factory=dict)
    tags_whole: bool = False
    number: str = ""
    principal: Mapping[str, str] = field(default_factory=dict)  # principal.type, principal.subject

    def attribute(self, path: str) -> Any:
        """The value of an attribute."""
        there, value = nested(self.context, path)
        if there:
            return _given(path, value)
        if path in self.principal:
            return self.principal[path]
        if path in _OF_RESOURCE:
            return _of_name(path, self.resource, self.number)
        if path == "request.time":
            found = moment(self.at) if self.at else Failed()
            return Moment(found.at, assumed=True) if isinstance(found, Moment) else _unknown(path)
        return _unknown(path)

    def call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        """Functions of `resource` and `api`."""
        if not all(isinstance(item, str) for item in arguments[:1]) or not arguments:
            return Failed("a text is needed")
        if name == "getAttribute":
            return self._api_attribute(*arguments)
        where, with_value = _TAG_TESTS[name]
        if len(arguments) != 1 + with_value:
            return Failed("too many or too few texts")
        tags = self._tags(where, name, arguments)
        if not isinstance(tags, Mapping):
            return tags
        return tags.get(arguments[0]) == arguments[1] if with_value else arguments[0] in tags

    def _api_attribute(self, name: str, default: Any = None, *_: Any) -> Any:
        for key in (name, f"api.getAttribute('{name}')", f'api.getAttribute("{name}")'):
            if key in self.context:
                value = self.context[key]
                return default if value is None else value
        return Unknown((f"the attribute {name} of the request",))

    def _tags(self, where: str, name: str, arguments: tuple[Any, ...]) -> Any:
        """The tags to look in; a truth where the context answers the very question."""
        for quote in ("'", '"'):
            words = ", ".join(f"{quote}{word}{quote}" for word in arguments)
            for key in (
                f"resource.{name}({words})",
                f"resource.{name}({words.replace(', ', ',')})",
            ):
                if key in self.context:
                    return bool(self.context[key])
        there, value = nested(self.context, where)
        if there:
            return value if isinstance(value, Mapping) else {}
        if where == "resource.tags" and (self.tags_whole or arguments[0] in self.tags):
            return self.tags
        return Unknown((f"the tags of {self.resource}",))


def _given(path: str, value: Any) -> Any:
    if value is None:
        return Failed(f"{path} is not there")
    return moment(value) if path == "request.time" else value


def _unknown(path: str) -> Unknown:
    return Unknown((f"the value of {path}",))


@cache
def _known() -> Mapping[str, Any]:
    return read_toml("permissions/gcp_conditions.toml")


def _of_name(path: str, resource: str, number: str) -> Any:
    """service, type and name of a full resource name."""
    found = _NAME.fullmatch(resource)
    if not found:
        return _unknown(path)
    service = _ALIASES.get(found["service"], found["service"])
    if service not in _known()["services"]:
        return Failed(f"{service} has no {path}")
    if path == "resource.service":
        return service
    name = found["path"]
    if service == "storage.googleapis.com" and not name.startswith("projects/"):
        name = f"projects/_/buckets/{name}"
    if path == "resource.name":
        return _numbered(name, number) if service == _SECRETS else name
    return _type(service, name)


def _numbered(name: str, number: str) -> Any:
    """Secret Manager names the project by its number."""
    found = _PROJECT.fullmatch(name)
    if not found or found[2].isdigit():
        return name
    head, named, rest = found.groups()
    return f"{head}{number}{rest}" if number else Unknown((f"the number of project {named}",))


def _type(service: str, name: str) -> Any:
    """The type is that of the last collection in the name; whatever follows an object's bucket is its name."""
    parts = name.split("/objects/", 1)[0].split("/")
    last = "objects" if "/objects/" in name else (parts[-2] if len(parts) > 1 else "")
    kind = _known()["types"].get(service, {}).get(last)
    return f"{service}/{kind}" if kind else _unknown("resource.type")
