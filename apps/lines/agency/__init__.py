"""Agency collection and payment, Shanghai (L02): cash that the depository moves by order of others, without any guarantee."""
