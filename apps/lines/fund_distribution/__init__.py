"""Fund distribution T+0 (L09): quick redemptions of a day, what was advanced on them, and how it came back."""
