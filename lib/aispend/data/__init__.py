"""The evidence: what the tables are (contract), their rows (tables), facts and figures (evidence)."""
