"""Exchange bond lending (L07): contracts of a day, their fees, collateral and returns."""
