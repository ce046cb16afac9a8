"""Render: documents on paper. PDF/A by typst, QR codes, and the fonts that both people and archives can rely on.

It knows no certificate: rooms bring a template, texts and files, and get bytes that are the same for the same input.
"""

from app.foundation.render.fonts import can_print
from app.foundation.render.pdf import Attachment, Relationship, RenderersBusy, pdf
from app.foundation.render.qr import qr_png, qr_svg

__all__ = ["Attachment", "Relationship", "RenderersBusy", "can_print", "pdf", "qr_png", "qr_svg"]
