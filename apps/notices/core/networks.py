"""Which addresses lie in the open network, whatever they are wrapped in."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

TRANSLATED = IPv6Network("64:ff9b::/96")
"""The rest of such an address is one of IPv4, which a gateway of the network speaks to (RFC 6052)."""


def is_public(found: IPv4Address | IPv6Address) -> bool:
    """Neither private nor of this machine, reserved, shared, or for many; nor an IPv6 address that carries such a one."""
    return all(each.is_global and not each.is_multicast for each in _carried(found))


def _carried(found: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if not isinstance(found, IPv6Address):
        return [found]
    if found.ipv4_mapped is not None:
        return [found.ipv4_mapped]
    if found in TRANSLATED:
        return [IPv4Address(int(found) & 0xFFFFFFFF)]
    if found.sixtofour is not None:
        return [found, found.sixtofour]
    return [found, *(found.teredo or ())]
