"""The hub with its private endpoint, and the lab with its machine."""

from collections.abc import Iterable

from sample.azure_ids import LAB_NET, NET, SUMMARIES, VM, VNET, Item, item, placed, system


def networks() -> Iterable[Item]:
    lab_group = f"{NET}/networkSecurityGroups/ml-lab"
    opened = {
        "priority": 100,
        "access": "Allow",
        "direction": "Inbound",
        "protocol": "Tcp",
        "sourceAddressPrefix": "Internet",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "11434",
    }
    yield item(lab_group, top=placed(), securityRules=[{"name": "ollama", "properties": opened}])
    yield item(
        VNET,
        top=placed(),
        addressSpace={"addressPrefixes": ["10.60.0.0/16"]},
        virtualNetworkPeerings=[],
        subnets=[
            {
                "id": f"{VNET}/subnets/endpoints",
                "name": "endpoints",
                "properties": {"addressPrefix": "10.60.1.0/24"},
            }
        ],
    )
    yield item(
        LAB_NET,
        top=placed(),
        addressSpace={"addressPrefixes": ["10.61.0.0/16"]},
        virtualNetworkPeerings=[],
        subnets=[
            {
                "id": f"{LAB_NET}/subnets/{name}",
                "name": name,
                "properties": {"addressPrefix": prefix, "networkSecurityGroup": {"id": lab_group}},
            }
            for name, prefix in (("lab", "10.61.1.0/24"), ("training", "10.61.2.0/24"))
        ],
    )
    link = {
        "name": "summaries",
        "properties": {
            "privateLinkServiceId": SUMMARIES,
            "groupIds": ["account"],
            "privateLinkServiceConnectionState": {"status": "Approved"},
        },
    }
    yield item(
        f"{NET}/privateEndpoints/summaries",
        top=placed(),
        subnet={"id": f"{VNET}/subnets/endpoints"},
        privateLinkServiceConnections=[link],
    )
    zone = f"{NET}/privateDnsZones/privatelink.openai.azure.com"
    yield item(zone, top={"location": "global"}, numberOfRecordSets=2)
    yield item(
        f"{zone}/virtualNetworkLinks/hub",
        top={"location": "global"},
        virtualNetwork={"id": VNET},
        registrationEnabled=False,
    )
    card, address = f"{NET}/networkInterfaces/ollama-lab-nic", f"{NET}/publicIPAddresses/ollama-lab"
    configuration = {
        "name": "one",
        "properties": {
            "subnet": {"id": f"{LAB_NET}/subnets/lab"},
            "publicIPAddress": {"id": address},
            "privateIPAddress": "10.61.1.4",
        },
    }
    yield item(
        card,
        top=placed(),
        ipConfigurations=[configuration],
        networkSecurityGroup=None,
        virtualMachine={"id": VM},
    )
    yield item(address, top=placed(sku={"name": "Standard"}), ipAddress="203.0.113.61")
    yield item(
        VM,
        top=placed(tags={"application": "ollama", "owner": "claims-ml"}, **system("ollama-lab")),
        hardwareProfile={"vmSize": "Standard_NC8as_T4_v3"},
        networkProfile={"networkInterfaces": [{"id": card}]},
        osProfile={"linuxConfiguration": {"disablePasswordAuthentication": True}},
        provisioningState="Succeeded",
    )
