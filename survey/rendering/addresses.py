"""Where a released version has its page: what its footer, its QR code, its bundle and the API all name."""

from __future__ import annotations


def release_address(public_url: str, code: str) -> str:
    """Return the address of a version, which stays good for ever."""
    return f"{public_url.rstrip('/')}/cong-bo/{code}"


def package_address(public_url: str, code: str) -> str:
    """Return the address of the data package of a version, which names its files beside it."""
    return f"{release_address(public_url, code)}/du-lieu/datapackage.json"
