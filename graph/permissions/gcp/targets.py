"""What the steps of all principals of Google Cloud lead to, found once for an estate."""

from collections.abc import Collection, Iterator, Sequence

from graph.model import Asset, Verdict
from graph.permissions.decision import Decision
from graph.permissions.edges import verdict_of
from graph.permissions.gcp.places import FOLDER, ORGANIZATION, PROJECT, Line
from graph.permissions.gcp.ways import Way
from graph.permissions.gcp.world import World

ACCOUNT = "iam.googleapis.com/ServiceAccount"
_SCOPES = (ORGANIZATION, FOLDER, PROJECT)
_TOKEN = "iam.serviceAccounts.getAccessToken"  # noqa: S105 - a permission


class Targets:
    """Assets by kind, scopes, agents, and who of the accounts may mint whose tokens."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._by_kind: dict[str, list[Asset]] = {}
        for asset in world.estate.assets.values():
            self._by_kind.setdefault(asset.kind, []).append(asset)
        self._lines: dict[str, Line] = {}
        self._below: dict[str, dict[str, set[str]]] = {}
        self._hubs: set[str] = set()
        self._tokens: dict[str, list[tuple[Asset, Decision]]] = {}
        self.pool_principals = list(self._pool_principals())

    def of_kinds(self, kinds: Sequence[str]) -> Iterator[Asset]:
        """Assets of these kinds; those that only a policy names are there too."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def resource(self, asset: Asset) -> str:
        """The resource that permissions on an asset are asked of."""
        if asset.id.startswith("serviceAccount:"):
            return f"//iam.googleapis.com/projects/-/serviceAccounts/{asset.id.partition(':')[2]}"
        return asset.id

    def line(self, asset: Asset) -> Line:
        """The policies above an asset."""
        if asset.id not in self._lines:
            self._lines[asset.id] = self.world.places.line(self.resource(asset))
        return self._lines[asset.id]

    def below(self, kinds: Sequence[str], holders: Collection[str]) -> set[str]:
        """Ids of assets of these kinds that lie in, or are, one of these."""
        found: set[str] = set()
        for kind in kinds:
            index = self._index(kind)
            for holder in holders:
                found |= index.get(holder, set())
        return found

    def _index(self, kind: str) -> dict[str, set[str]]:
        """Holder -> ids of assets of a kind below it, found when a kind is first asked for."""
        if kind not in self._below:
            index: dict[str, set[str]] = {}
            for asset in self._by_kind.get(kind, ()):
                for holder in self.line(asset).holders:
                    index.setdefault(holder, set()).add(asset.id)
            self._below[kind] = index
        return self._below[kind]

    def is_new(self, hub: str) -> bool:
        """Whether a hub is asked for the first time."""
        if hub in self._hubs:
            return False
        self._hubs.add(hub)
        return True

    def agents(self, way: Way, number: str) -> list[Asset]:
        """The project's service agents of these addresses: those that the estate knows, else the first."""
        names = [f"serviceAccount:{text.format(number=number)}" for text in way.agents]
        known = [
            self.world.estate.assets[name] for name in names if name in self.world.estate.assets
        ]
        kind = self.world.estate.schema.kind_of_id(names[0]) or ACCOUNT
        email = names[0].partition(":")[2]
        return known or [Asset(id=names[0], kind=kind, name=email, properties={"email": email})]

    def token_targets(self, account: Asset) -> list[tuple[Asset, Decision]]:
        """Accounts of which one may mint tokens, with the decision."""
        if account.id not in self._tokens:
            found = []
            rows = self.world.grants(self.world.members.acting(account.id))
            if any(r.binding.role.gives(_TOKEN) is not False for rs in rows.values() for r in rs):
                for other in self.of_kinds((ACCOUNT,)):
                    decision = self.world.decide(account.id, _TOKEN, self.resource(other))
                    if other.id != account.id and verdict_of(decision) is not Verdict.NO:
                        found.append((other, decision))
            self._tokens[account.id] = found
        return self._tokens[account.id]

    def scope_of(self, holder: str) -> Asset | None:
        """The project, folder or organisation in which a policy counts."""
        if self.world.estate.assets[holder].kind in _SCOPES:
            return self.world.estate.assets[holder]
        return self.world.estate.assets.get(self.world.places.line(holder).project)

    def _pool_principals(self) -> Iterator[tuple[Asset, str]]:
        for asset in self.of_kinds(
            ("iam.googleapis.com/Principal", "iam.googleapis.com/PrincipalSet")
        ):
            if "/workloadIdentityPools/" in asset.id and ".svc.id.goog" not in asset.id:
                head = asset.id.partition("://")[2].split("/")
                yield asset, "//" + "/".join(head[: head.index("workloadIdentityPools") + 2])
