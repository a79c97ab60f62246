"""Arithmetic and files of fund settlement in Shenzhen: no database, no clock."""
