"""Trees, wildcards, rules and outcomes without database and clock."""
