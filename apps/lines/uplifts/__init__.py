"""What the broker asks above the depository (options-margin 6, "Uplift"): rules as data, set by changes, by business date."""
