"""Fund non-guaranteed settlement, Shenzhen (L05): gross money of exchange-traded funds, and money of the fund register."""
