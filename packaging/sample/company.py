"""Larkfield Health, made up: its accounts, and the ARNs that one team writes into the policies of another."""

from collections.abc import Mapping
from dataclasses import dataclass

from sample.console import Account, Clock

MANAGEMENT = "402718365091"
VENDOR = "337126904415"  # Annotera, who label data; their account is never read
GITHUB = "token.actions.githubusercontent.com"
EAST = "us-east-1"


@dataclass(frozen=True)
class Company:
    """The accounts by name, and the organisation's id."""

    management: Account
    security: Account
    data: Account
    production: Account
    development: Account
    apps: Account
    organisation: str

    @property
    def clock(self) -> Clock:
        """The one clock of the test server."""
        return self.management.clock

    @property
    def accounts(self) -> Mapping[str, Account]:
        """In the order in which they are read."""
        return {
            "management": self.management,
            "security": self.security,
            "data": self.data,
            "production": self.production,
            "development": self.development,
            "apps": self.apps,
        }
