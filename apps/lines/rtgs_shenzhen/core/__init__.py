"""Rules of the line without a database: rows of its files, need, outcomes, decisions, and the simulated day."""
