"""Which rule holds for a client and a contract."""
