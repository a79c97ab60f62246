"""Pre-clearing, Shanghai (L03): what T's guaranteed trades will cost, before the depository's final figures."""
