"""What the steps of funds monitoring compute with, and what its screen shows."""
