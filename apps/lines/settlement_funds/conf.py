"""Names of this line. Its sources are sheets and folders: other systems send it nothing by themselves."""

LINE = "settlement-funds"
