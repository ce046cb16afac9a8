"""What identity puts on a resident's telephone."""

from flask import Flask

from app.foundation.sync import collections
from app.identity.consents import events as consents
from app.identity.consents.synced import CONSENTS
from app.identity.households import changes as households
from app.identity.households.synced import HOUSEHOLDS
from app.identity.organisations import changes as organisations
from app.identity.organisations.synced import ORGANISATIONS
from app.identity.people import changes as people
from app.identity.people.synced import CHILDREN_COLLECTION, PROFILE_COLLECTION


def register_synced(app: Flask) -> None:
    """Register the collections of sync."""
    collections.register(app, people.PROFILE, PROFILE_COLLECTION)
    collections.register(app, people.CHILDREN, CHILDREN_COLLECTION)
    collections.register(app, consents.COLLECTION, CONSENTS)
    collections.register(app, households.COLLECTION, HOUSEHOLDS)
    collections.register(app, organisations.COLLECTION, ORGANISATIONS)
