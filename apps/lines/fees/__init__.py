"""What trades and reserve accounts cost: rates by business date as data, formulas as a pure core (fact book, section 5)."""
