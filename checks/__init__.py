"""What `make check` asks of the source beyond the ready-made tools: words, house rules, messages, API and catalogue.

Each module is run as `python -m checks.<name>`, prints every breach on a line of its own, and exits 1 if there is one.
"""
