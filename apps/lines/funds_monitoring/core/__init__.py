"""Rules of funds settlement monitoring without database and clock."""
