"""How the matrix asks: each operation of the document with the row of it, and probes that say nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.foundation.data import PREFIXES, new_id, public_id
from tests.journeys.matrix.rows import ROWS, Row
from tests.journeys.matrix.world import World

METHODS = ("get", "post", "put", "patch", "delete")
# Asked for what they lack, whoever is let in.
LACKS = {400, 415, 422, 428}
BROKEN = b"{"
NONSENSE = b'{"nonsense": 1}'


@dataclass(frozen=True)
class Operation:
    """An operation of the document with one of its rows."""

    id: str
    method: str
    path: str
    document: dict[str, Any]
    row: Row

    @property
    def roles(self) -> frozenset[str]:
        """Who is let in; empty: everybody."""
        return frozenset(self.document["x-roles"])

    @property
    def parameters(self) -> set[str]:
        return {each["name"] for each in self.document.get("parameters", []) if each["in"] == "path"}

    @property
    def acts(self) -> bool:
        """Whether a request that says nothing lacks nothing."""
        needed = {each["name"] for each in self.document.get("parameters", []) if each["in"] == "header"}
        return self.method != "get" and not needed and "requestBody" not in self.document

    @property
    def probes(self) -> list[bytes | None]:
        """What is sent as a body: nothing, what is no JSON, what nobody asked for."""
        return [None, NONSENSE, BROKEN] if "requestBody" in self.document else [None]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations_of(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method in item:
                told = item[method] | {"parameters": [*shared, *item[method].get("parameters", [])]}
                for row in ROWS.get(told["operationId"], ()):
                    yield Operation(told["operationId"], method, path, told, row)


@dataclass(frozen=True)
class Told:
    """What somebody was answered."""

    who: str
    operation: Operation
    address: str
    status: int
    code: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.who}: {self.operation} -> {self.status} {self.code}"

    def shown(self, secrets: set[str]) -> set[str]:
        """Return the secrets in the answer, but for what the caller has named in the path."""
        return {each for each in secrets if each in self.text and each not in self.address}


def nobodys(thing: str) -> str:
    """Return an id of the same kind that belongs to nothing; what is no such id is returned as it is."""
    prefix = thing.partition("_")[0]
    return public_id(prefix, new_id()) if prefix in PREFIXES and prefix != "ret" and "_" in thing else thing


class Walker:
    """Sends probes as anybody."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.cast.client

    def address(self, operation: Operation, *, of_nobody: bool = False) -> str:
        path = operation.path
        for name, thing in operation.row.names.items():
            value = self.world.things[thing]
            path = path.replace(f"{{{name}}}", nobodys(value) if of_nobody else value)
        query = operation.row.query.format(**self.world.things)
        return f"{path}?{query}" if query else path

    def send(
        self,
        operation: Operation,
        who: str,
        body: bytes | None = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        of_nobody: bool = False,
    ) -> Told:
        """Ask as somebody, or with whatever token, without key or version unless they are given."""
        token = token if token is not None else self.world.cast.tokens.get(who, "")
        sent: dict[str, str | None] = {"Idempotency-Key": None, **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if operation.method != "post" and sent["Idempotency-Key"] is None:
            del sent["Idempotency-Key"]
        address = self.address(operation, of_nobody=of_nobody)
        kind = {"content_type": "application/json"} if body is not None else {}
        answer = self.client.open(address, method=operation.method.upper(), headers=sent, data=body, **kind)
        code = (answer.get_json(silent=True) or {}).get("code") if answer.mimetype.endswith("json") else None
        text = f"{answer.headers}\n{answer.get_data(as_text=True)}"
        return Told(who, operation, address, answer.status_code, code, text)
