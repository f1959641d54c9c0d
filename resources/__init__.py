"""Data that ships with Modelhound: schema, rules, remediation, frameworks, icons, the sample estate. No behaviour."""
