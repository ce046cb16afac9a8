"""Webhooks: signed messages to organisations' own servers, with ids alone, tried for a day, and never to a private address."""
