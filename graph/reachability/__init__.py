"""Who can reach what over networks, one module a cloud."""
