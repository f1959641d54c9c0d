"""What is known of one asset: lists of the resource that it lies in, and of every subscription where it lies in none."""

import pytest

from graph.coverage import Coverage
from graph.model import Asset, CoverageEntry, CoverageState, Scope
from graph.rules.ledger import Ledger
from graph.schema import load_schema
from tests.beds.azure_world import AI, SUB

DEPLOYMENTS = "arm:Microsoft.CognitiveServices/accounts/deployments"
VAULTS = "arm:Microsoft.KeyVault/vaults"
OTHER = "10000000-0000-0000-0000-000000000099"


def _entry(
    operation: str, state: CoverageState, account: str = SUB, **params: str
) -> CoverageEntry:
    scope = Scope(provider="azure", account=account)
    return CoverageEntry(operation=operation, scope=scope, params=params, state=state, reason="why")


def _ledger(*entries: CoverageEntry) -> Ledger:
    return Ledger(Coverage(entries), load_schema())


def _deployment(account: str = AI) -> Asset:
    kind = "Microsoft.CognitiveServices/accounts/deployments"
    return Asset(id=f"{account}/deployments/chat", kind=kind, name="chat", account=SUB)


def test_a_list_of_what_an_asset_lies_in_is_a_list_of_the_asset():
    whole = _ledger(
        _entry(
            DEPLOYMENTS,
            CoverageState.COMPLETE,
            id=AI.upper().replace("/SUBSCRIPTIONS", "/subscriptions"),
        )
    )
    assert whole.gap(DEPLOYMENTS, _deployment()) is None
    denied = _ledger(_entry(DEPLOYMENTS, CoverageState.DENIED, id=AI))
    assert denied.gap(DEPLOYMENTS, _deployment()) == f"{DEPLOYMENTS} is denied for chat: why"


def test_a_list_of_another_resource_says_nothing():
    other = _ledger(_entry(DEPLOYMENTS, CoverageState.COMPLETE, id=f"{AI}2"))
    assert other.gap(DEPLOYMENTS, _deployment()) == f"{DEPLOYMENTS} was not read for it"


@pytest.mark.parametrize("state", [CoverageState.COMPLETE, CoverageState.DENIED])
def test_for_somebody_of_the_tenant_the_lists_of_every_subscription_count(state):
    person = Asset(id="u", kind="Microsoft.Graph/users", name="u")
    ledger = _ledger(_entry(VAULTS, CoverageState.COMPLETE), _entry(VAULTS, state, OTHER))
    why = ledger.gap(VAULTS, person)
    assert (why is None) == (state is CoverageState.COMPLETE)
    assert why is None or why.endswith(f"{OTHER}: why")
    assert _ledger().gap(VAULTS, person) == f"{VAULTS} was not read for azure"


@pytest.mark.parametrize("state", [CoverageState.COMPLETE, CoverageState.DENIED])
def test_an_empty_subscription_says_nothing_of_another(state):
    """Asked once an account in one, and of nothing in the other, which has no account."""
    lines = (_entry(DEPLOYMENTS, CoverageState.COMPLETE, OTHER), _entry(DEPLOYMENTS, state, id=AI))
    vault = Asset(
        id=f"/subscriptions/{SUB}/x", kind=VAULTS.removeprefix("arm:"), name="v", account=SUB
    )
    person = Asset(id="u", kind="Microsoft.Graph/users", name="u")
    for asset in (vault, person):
        assert (_ledger(*lines).gap_anywhere(DEPLOYMENTS, asset) is None) == (
            state is CoverageState.COMPLETE
        )
