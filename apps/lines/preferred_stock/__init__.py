"""Redemption and put-back of preferred stock, Shanghai (L08): securities leave, cash comes, perhaps on different days."""
