"""Gold and precious metals (L10): the own account's day at the Shanghai Gold Exchange, cleared by us and compared with it."""
