"""A QR code as a picture for a page."""

from __future__ import annotations

import base64


def qr_address(text: str) -> str:
    """Draw a QR code as SVG and return it as an address for ``<img src>``, so that the page needs no second request."""
    import qrcode  # noqa: PLC0415 -- loads slowly, and few pages draw one
    import qrcode.image.svg  # noqa: PLC0415 -- likewise

    code = qrcode.QRCode(border=4, image_factory=qrcode.image.svg.SvgPathFillImage)
    code.add_data(text)
    picture = code.make_image().to_string()
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"
