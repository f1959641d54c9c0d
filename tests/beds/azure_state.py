"""The tenant of azure_world as Terraform would hold it: attributes as azurerm, azuread and azapi write them."""

from typing import Any

from tests.beds import azure_world as world

Resource = dict[str, Any]
KEYS = ("primary_access_key", "secondary_access_key")


def resource(kind: str, label: str, /, **attributes: Any) -> Resource:
    """A managed resource of one instance."""
    return {
        "mode": "managed",
        "type": kind,
        "name": label,
        "provider": f'provider["registry.terraform.io/hashicorp/{kind.partition("_")[0]}"]',
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    }


def state(secret: str = "s3cret") -> dict[str, Any]:
    """A state file; every key that such a state holds in plain text is the secret."""
    keys = dict.fromkeys(KEYS, secret)
    return {
        "version": 4,
        "terraform_version": "1.9.0",
        "serial": 7,
        "lineage": "x",
        "outputs": {},
        "resources": [
            *_ai(keys),
            *_data(keys, secret),
            *_machine(secret),
            *_network(),
            *_rights(),
            *_entra(secret),
        ],
    }


def _system(object_id: str) -> list[dict[str, Any]]:
    return [{"type": "SystemAssigned", "principal_id": object_id, "identity_ids": []}]


def _assigned(identity: str) -> list[dict[str, Any]]:
    return [{"type": "UserAssigned", "principal_id": "", "identity_ids": [identity]}]


def _ai(keys: dict[str, str]) -> list[Resource]:
    content = {
        "name": "Jailbreak",
        "source": "Prompt",
        "block_enabled": True,
        "filter_enabled": True,
        "severity_threshold": None,
    }
    return [
        resource("azurerm_resource_group", "rg", id=world.RG, name="rg-ai", location="westeurope"),
        resource("azurerm_cognitive_account", "oai", id=world.AI, name="oai", kind="AIServices", location="westeurope", tags={"env": "prod"},
                 identity=_system(world.MI), public_network_access_enabled=True, local_auth_enabled=True, fqdns=[],
                 network_acls=[{"default_action": "Allow", "bypass": None, "ip_rules": [], "virtual_network_rules": []}], **keys),
        resource("azurerm_cognitive_deployment", "chat", id=f"{world.AI}/deployments/chat", name="chat",
                 cognitive_account_id=world.AI, rai_policy_name="strict",
                 model=[{"format": "OpenAI", "name": "gpt-4o", "version": "2024-08-06"}]),
        resource("azurerm_cognitive_account_rai_policy", "strict", id=f"{world.AI}/raiPolicies/strict", name="strict",
                 mode="Blocking", base_policy_name=None, content_filter=[content]),
        resource("azapi_resource", "support", id=world.PROJECT, name="support", location="westeurope", type="Microsoft.CognitiveServices/accounts/projects@2025-06-01",
                 identity=_system(world.guid(20)), body={"properties": {"displayName": "support"}}),
        resource("azurerm_machine_learning_workspace", "ml", id=world.ML, name="ml", kind="Default", location="westeurope",
                 identity=_assigned(world.IDENTITY), public_network_access_enabled=True, storage_account_id=world.STORE, key_vault_id=world.VAULT),
        resource("azurerm_machine_learning_compute_instance", "nb", id=f"{world.ML}/computes/nb", name="nb", location="westeurope",
                 identity=_assigned(world.IDENTITY), subnet_resource_id=None),
        resource("azurerm_search_service", "rag", id=world.SEARCH, name="rag", location="westeurope", public_network_access_enabled=False,
                 local_authentication_enabled=True, primary_key=keys["primary_access_key"], query_keys=[{"key": keys["primary_access_key"], "name": "q"}]),
    ]  # fmt: skip


def _data(keys: dict[str, str], secret: str) -> list[Resource]:
    return [
        resource("azurerm_storage_account", "train", id=world.STORE, name="trainstore", location="westeurope", tags={"classification": "confidential"},
                 public_network_access_enabled=True, allow_nested_items_to_be_public=False, primary_connection_string=f"AccountKey={secret}",
                 network_rules=[{"default_action": "Deny", "ip_rules": ["203.0.113.0/24"], "virtual_network_subnet_ids": []}], **keys),
        resource("azurerm_storage_container", "corpus", id="https://trainstore.blob.core.windows.net/corpus", resource_manager_id=world.BLOBS,
                 name="corpus", container_access_type="private"),
        resource("azurerm_key_vault", "kv", id=world.VAULT, name="kv", location="westeurope", enable_rbac_authorization=False,
                 public_network_access_enabled=True, access_policy=[]),
        resource("azurerm_key_vault_access_policy", "alice", id=f"{world.VAULT}/objectId/{world.ALICE}", key_vault_id=world.VAULT,
                 object_id=world.ALICE, secret_permissions=["get", "list"], key_permissions=[], certificate_permissions=[]),
        resource("azurerm_key_vault_secret", "s", id="https://kv.vault.azure.net/secrets/s/1", resource_versionless_id=f"{world.VAULT}/secrets/s", name="s", value=secret),
        resource("azurerm_user_assigned_identity", "train", id=world.IDENTITY, name="id-train", location="westeurope",
                 principal_id=world.TRAIN_MI, client_id=world.guid(51)),
        resource("azurerm_federated_identity_credential", "gh", id=f"{world.IDENTITY}/federatedIdentityCredentials/gh", name="gh",
                 issuer="https://token.actions.githubusercontent.com", subject="repo:acme/train:ref:refs/heads/main", audience=["api://AzureADTokenExchange"]),
        resource("azurerm_log_analytics_workspace", "logs", id=world.LOGS, name="logs", retention_in_days=30, primary_shared_key=secret),
        resource("azurerm_monitor_diagnostic_setting", "all", id=f"{world.AI}|all", name="all", target_resource_id=world.AI,
                 log_analytics_workspace_id=world.LOGS, storage_account_id="", enabled_log=[{"category": "RequestResponse", "category_group": ""}]),
    ]  # fmt: skip


def _machine(secret: str) -> list[Resource]:
    return [
        resource("azurerm_linux_virtual_machine", "jump", id=world.VM, name="jump", location="westeurope", identity=_system(world.VM_MI),
                 network_interface_ids=[world.NIC], admin_password=secret, custom_data=secret),
        resource("azurerm_network_interface", "jump", id=world.NIC, name="jump-nic", ip_configuration=[
            {"name": "a", "subnet_id": f"{world.VNET}/subnets/default", "public_ip_address_id": world.PIP, "private_ip_address": "10.0.0.4"}]),
        resource("azurerm_network_interface_security_group_association", "jump", network_interface_id=world.NIC, network_security_group_id=world.NSG),
        resource("azurerm_linux_function_app", "hook", id=f"{world.RG}/providers/Microsoft.Web/sites/hook", name="hook", app_settings={"MODE": secret},
                 storage_account_access_key=secret, site_credential=[{"name": "$hook", "password": secret}]),
    ]  # fmt: skip


def _network() -> list[Resource]:
    rule = {"name": "ssh", "priority": 200, "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "source_address_prefix": "*",
            "destination_address_prefix": "*", "destination_port_range": "22"}  # fmt: skip
    return [
        resource("azurerm_public_ip", "pip", id=world.PIP, name="pip", ip_address="198.51.100.7"),
        resource("azurerm_network_security_group", "nsg", id=world.NSG, name="nsg", security_rule=[]),
        resource("azurerm_network_security_rule", "ssh", id=f"{world.NSG}/securityRules/ssh", **rule),
        resource("azurerm_virtual_network", "vnet", id=world.VNET, name="vnet", address_space=["10.0.0.0/16"]),
        resource("azurerm_subnet", "default", id=f"{world.VNET}/subnets/default", name="default", address_prefixes=["10.0.0.0/24"]),
    ]  # fmt: skip


def _rights() -> list[Resource]:
    return [
        resource("azurerm_role_assignment", f"a{number}", id=item["id"], name=item["name"], scope=item["properties"]["scope"],
                 role_definition_id=item["properties"]["roleDefinitionId"], principal_id=item["properties"]["principalId"],
                 principal_type=item["properties"]["principalType"], condition="", condition_version="")
        for number, item in enumerate(world.ARM["Microsoft.Authorization/roleAssignments"])
    ]  # fmt: skip


def _entra(secret: str) -> list[Resource]:
    users = [
        resource("azuread_user", user["displayName"].lower(), object_id=user["id"], display_name=user["displayName"],
                 user_principal_name=user["userPrincipalName"], user_type=user["userType"], account_enabled=True, password=secret)
        for user in world.GRAPH["users"]
    ]  # fmt: skip
    return [
        *users,
        resource("azuread_group", "devs", object_id=world.DEVS, display_name="Devs", security_enabled=True, assignable_to_role=False, members=[world.OPS], owners=[]),
        resource("azuread_group", "ops", object_id=world.OPS, display_name="Ops", security_enabled=True, assignable_to_role=True, owners=[]),
        resource("azuread_group_member", "guest", id="x", group_object_id=world.OPS, member_object_id=world.GUEST),
        resource("azuread_application", "ci", object_id=world.CI_APP, client_id=world.CLIENT, display_name="ci", sign_in_audience="AzureADMyOrg", owners=[world.BOB]),
        resource("azuread_application_password", "ci", value=secret, key_id="k"),
        resource("azuread_service_principal", "ci", object_id=world.CI, client_id=world.CLIENT, display_name="ci", type="Application", account_enabled=True, owners=[]),
    ]  # fmt: skip
