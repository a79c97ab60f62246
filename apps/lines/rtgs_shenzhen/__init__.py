"""RTGS settlement, Shenzhen (line L04): gross instructions in the day, the gross run at its end, and what failed in it."""
