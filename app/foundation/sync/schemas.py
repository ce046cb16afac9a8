"""Shapes of sync."""

from marshmallow import fields

from app.foundation.http import Flag, Many, Nested, PageQuerySchema, Schema, Text


class SyncQuerySchema(PageQuerySchema):
    """How many changes, and since when."""


class SyncItemSchema(Schema):
    """One change. `object` is the thing as its own operation answers it; null once it is gone."""

    collection = Text(max=40, required=True, metadata={"example": "plantings"})
    id = Text(max=60, required=True, metadata={"example": "plt_01m869pkw9ef58pjjqagfgmtsp"})
    is_gone = Flag(required=True)
    object = fields.Dict(required=True, allow_none=True, keys=fields.String())


class SyncPageSchema(Schema):
    """Changes in the order of their commits. Ask again with `next_cursor`: at once while `has_more`, else later."""

    items = Many(Nested(SyncItemSchema), max=200, required=True)
    next_cursor = Text(max=600, required=True, metadata={"example": "3nF0aGUgY2hhbmdlcyBvZiBhIHJlc2lkZW50"})
    has_more = Flag(required=True)
