"""The rules of the house that no linter knows: doors, files, the clock, exact numbers, ids.

A room is a package of `app/`; foundation has one door for each of its sub-packages. Which room may call which is the
contract in pyproject.toml (import-linter); here it is how: through the front door, by a name in `__all__`.
`tests/test_house.py` asks every function here of the project, and of a planted breach.
"""

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from checks.source import files, tree_of

STANDARD_FILES = {"__init__", "routes", "schemas", "usecases", "rules", "queries", "models", "errors", "cli"}
FOLDERS = {"data", "sql", "static", "templates"}
SAYS_NOTHING = {"util", "helper", "common", "misc", "service", "manager", "base_classes", "shared", "stuff"}
# "A room with more than about ten files is two rooms"; web has a file of routes for each kind of page.
FILES_MAX = 14

MACHINE_CLOCK = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("func", "now"),
    ("func", "current_timestamp"),
}
MACHINE_CLOCK_SQL = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|localtimestamp)\s*\(|\bcurrent_(timestamp|date|time)\b|'now'",
    re.IGNORECASE,
)
# A library that counts by the machine's clock is asked with it; the line says so and why.
CLOCK_EXCUSE = re.compile(r"# clock-ok: \w")
CLOCK_FILE = Path("app/foundation/data/clock.py")

FLOAT_TYPES = {"Float", "FLOAT", "REAL", "Double", "DOUBLE", "DOUBLE_PRECISION", "Numeric", "NUMERIC", "DECIMAL"}
FLOAT_SQL = re.compile(r"\b(real|float\d?|double\s+precision)\b", re.IGNORECASE)
COUNTED = re.compile(r"(^|_)(fen|kg|g|points)(_min|_max)?$")

PREFIX_CALLS = {"public_id", "parse_public_id", "PrefixedId"}
IMPURE = {"sqlalchemy", "flask", "flask_sqlalchemy", "flask_smorest", "random", "secrets", "time"}


class House:
    """The source below one root, read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.app = root / "app"

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Every module of app/, by its dotted name."""
        return {_dotted(path.relative_to(self.root)): path for path in files(self.app, ".py")}

    @cached_property
    def doors(self) -> set[str]:
        """The packages through which others come in."""
        packages = {name for name, path in self.modules.items() if path.name == "__init__.py"}
        rooms = {name for name in packages if name.count(".") == 1 and name != "app.foundation"}
        return rooms | {name for name in packages if name.count(".") == 2 and name.startswith("app.foundation.")}

    def door_of(self, module: str) -> str | None:
        """Return the door behind which a module lies, None for `app` and `app.foundation` themselves."""
        parts = module.split(".")
        return next((door for n in (2, 3) if (door := ".".join(parts[:n])) in self.doors), None)

    def offered(self, door: str) -> set[str]:
        """Return the names in a door's `__all__`."""
        for node in tree_of(self.modules[door]).body:
            if isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets
            ):
                return set(ast.literal_eval(node.value))
        return set()

    def place(self, path: Path, node: ast.AST | None = None) -> str:
        """Return where something stands, as an editor opens it."""
        line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
        return f"{path.relative_to(self.root)}{line}"


def _dotted(relative: Path) -> str:
    parts = relative.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _source_of(module: str, path: Path, node: ast.ImportFrom) -> str:
    """Return the absolute name that `from ... import` reads from."""
    if not node.level:
        return node.module or ""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    parts = package.split(".")
    base = parts[: len(parts) - (node.level - 1)]
    return ".".join([*base, node.module] if node.module else base)


def imports_past_the_door(house: House) -> Iterator[str]:
    """Yield each import that reaches into another room, or takes a name that its door does not offer."""
    for module, path in house.modules.items():
        rooms_by_alias: dict[str, str] = {}
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if house.door_of(alias.name) not in {None, house.door_of(module)}:
                        yield f"{house.place(path, node)}: import {alias.name}: write from {alias.name} import <name>"
            elif isinstance(node, ast.ImportFrom):
                source = _source_of(module, path, node)
                rooms = {
                    a.asname or a.name: f"{source}.{a.name}" for a in node.names if f"{source}.{a.name}" in house.doors
                }
                rooms_by_alias |= rooms
                names = {a.name for a in node.names if (a.asname or a.name) not in rooms}
                yield from _refused(house, module, node, source, names)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms_by_alias:
                yield from _refused(house, module, node, rooms_by_alias[node.value.id], {node.attr})


def _refused(house: House, module: str, node: ast.AST, source: str, names: set[str]) -> Iterator[str]:
    """Yield what is wrong with taking `names` from `source` inside `module`."""
    door = house.door_of(source)
    if door is None or door == house.door_of(module):
        return
    place = house.place(house.modules[module], node)
    if source != door:
        yield f"{place}: {source} lies behind the door {door}"
        return
    # `create_app` alone may also call what a room registers with.
    offered = house.offered(door) | ({"register"} if module == "app" else set())
    for name in sorted(names - offered):
        yield f"{place}: {name} is not in __all__ of {door}"


def models_at_the_door(house: House) -> Iterator[str]:
    """Yield each table class that a room offers to others: rows change only in their own room."""
    for door in sorted(house.doors):
        tables = {
            node.name
            for module, path in house.modules.items()
            if house.door_of(module) == door
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.ClassDef) and "__tablename__" in _assigned(node)
        }
        for name in sorted(tables & house.offered(door)):
            yield f"{house.place(house.modules[door])}: the model {name} is in __all__"


def _assigned(node: ast.ClassDef) -> set[str]:
    plain = {t.id for n in node.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    return plain | {n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}


def doors_without_sign(house: House) -> Iterator[str]:
    """Yield each door without a docstring or `__all__`, and each room with routes that nobody can register."""
    for door in sorted(house.doors):
        path = house.modules[door]
        tree = tree_of(path)
        if not ast.get_docstring(tree):
            yield f"{house.place(path)}: no docstring: what happens in this room?"
        if not house.offered(door):
            yield f"{house.place(path)}: no __all__: what may others import?"
        top = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
        top |= {a.asname or a.name for n in tree.body if isinstance(n, ast.ImportFrom) for a in n.names}
        if f"{door}.routes" in house.modules and "register" not in top:
            yield f"{house.place(path)}: the room has routes and no register(app)"


def files_out_of_order(house: House) -> Iterator[str]:
    """Yield each file or folder of a room whose name tells no subject, and each room that has grown into two."""
    for path in files(house.app, ".py"):
        words = set(path.stem.lower().split("_"))
        vague = (words | {word.removesuffix("s") for word in words}) & SAYS_NOTHING
        if vague:
            yield f"{house.place(path)}: {min(vague)!r} says nothing of the business"
        if path.stem not in STANDARD_FILES and not ast.get_docstring(tree_of(path)):
            yield f"{house.place(path)}: not one of a room's usual files, and no docstring tells its subject"
        if path.with_suffix("").is_dir():
            yield f"{house.place(path)}: stands beside the folder of the same name"
    for door in sorted(house.doors):
        folder = house.modules[door].parent
        for entry in sorted(folder.iterdir()):
            package = (entry / "__init__.py").exists()
            if entry.is_dir() and entry.name not in FOLDERS | {"__pycache__"} and not package:
                yield f"{house.place(entry)}: a room's folders are {', '.join(sorted(FOLDERS))}"
        count = sum(1 for entry in folder.glob("*.py") if entry.name != "__init__.py")
        if count > FILES_MAX and not door.startswith("app.foundation."):
            yield f"{house.place(folder)}: {count} files: a room of more than about ten is two rooms"


def readings_of_the_machine_clock(house: House) -> Iterator[str]:
    """Yield each line outside foundation's clock that asks the machine or the database for the time."""
    served = [*files(house.app, ".py"), *files(house.root / "migrations", ".py"), *house.root.glob("*.py")]
    for path in served:
        if path.relative_to(house.root) == CLOCK_FILE:
            continue
        excused = _excused_lines(path)
        for node in ast.walk(tree_of(path)):
            if getattr(node, "lineno", 0) in excused:
                continue
            if (
                isinstance(node, ast.ImportFrom)
                and node.module == "time"
                and {a.name for a in node.names} & {"time", "time_ns"}
            ):
                yield f"{house.place(path, node)}: reads the machine's clock"
            if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in MACHINE_CLOCK:
                yield f"{house.place(path, node)}: {_last_name(node.value)}.{node.attr} reads the machine's clock"
    for path in files(house.app, ".sql"):
        yield from _lines_with(house, path, MACHINE_CLOCK_SQL, "reads the database's clock")


def _excused_lines(path: Path) -> set[int]:
    """Return the lines of the statements that carry the excuse."""
    lines = path.read_text(encoding="utf-8").splitlines()
    simple = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    spans = [range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in simple]
    return {line for span in spans if any(CLOCK_EXCUSE.search(lines[line - 1]) for line in span) for line in span}


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _lines_with(house: House, path: Path, pattern: re.Pattern[str], wrong: str) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if pattern.search(line.partition("--")[0]):
            yield f"{house.place(path)}:{number}: {wrong}: {line.strip()[:80]}"


def inexact_numbers(house: House) -> Iterator[str]:
    """Yield each column of a floating type, and each amount of money, carbon or points that is annotated as a float."""
    for path in [*files(house.app, ".py"), *files(house.root / "migrations", ".py")]:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                taken = {a.name for a in node.names} & FLOAT_TYPES
            elif isinstance(node, ast.Attribute) and _last_name(node.value) == "sa":
                taken = {node.attr} & FLOAT_TYPES
            elif isinstance(node, ast.Subscript) and _last_name(node.value) == "Mapped":
                taken = {n.id for n in ast.walk(node.slice) if isinstance(n, ast.Name)} & {"float"}
            elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
                name = node.arg if isinstance(node, ast.arg) else _last_name(node.target)
                counted = COUNTED.search(name) is not None
                taken = {n.id for n in ast.walk(node.annotation) if isinstance(n, ast.Name) and counted} & {"float"}
            else:
                continue
            if taken:
                yield f"{house.place(path, node)}: {min(taken)}: floats touch neither money, points nor carbon"
    for path in files(house.app, ".sql"):
        yield from _lines_with(house, path, FLOAT_SQL, "a floating type")


def impure_rules(house: House) -> Iterator[str]:
    """Yield each import of a `rules.py` that brings in the database, the clock, chance or Flask."""
    for module, path in house.modules.items():
        if path.stem != "rules" and path.parent.name != "rules":
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                source = _source_of(module, path, node)
                names = {source, *(f"{source}.{alias.name}" for alias in node.names)}
            else:
                # The calendar of `clock` is pure; only the hands are not.
                if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) == ("clock", "now"):
                    yield f"{house.place(path, node)}: clock.now: a rule is told the time"
                continue
            outside = sorted(n for n in names if any(n == banned or n.startswith(f"{banned}.") for banned in IMPURE))
            if outside:
                yield f"{house.place(path, node)}: {outside[0]}: a rule knows neither database, clock, chance nor Flask"
            elif any(name.endswith((".models", ".queries", ".transaction", ".reading")) for name in names):
                yield f"{house.place(path, node)}: a rule decides on what it is given, it reads no rows"


def confused_prefixes(house: House) -> Iterator[str]:
    """Yield each id prefix that stands for two things, and each that is used without being on foundation's list."""
    list_path = house.app / "foundation" / "data" / "ids.py"
    listed = _literal_dict(tree_of(list_path), "PREFIXES")
    prefixes, meanings = [prefix for prefix, _ in listed], [meaning for _, meaning in listed]
    for told in (prefixes, meanings):
        for text in sorted({text for text in told if told.count(text) > 1}):
            yield f"{house.place(list_path)}: {text!r} is on the list twice"
    for path in house.modules.values():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and _last_name(node.func) in PREFIX_CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value not in prefixes:
                    yield f"{house.place(path, node)}: the prefix {first.value!r} is not in PREFIXES"


def shared_error_codes(house: House) -> Iterator[str]:
    """Yield each code of a problem that a second error also answers with: an app tells them apart by the code alone."""
    first: dict[str, str] = {}
    for path in house.modules.values():
        for node in ast.walk(tree_of(path)):
            code = _code_of(node) if isinstance(node, ast.ClassDef) else None
            if code is None:
                continue
            if code in first:
                yield f"{house.place(path, node)}: the code {code!r} stands for {first[code]} too"
            first.setdefault(code, house.place(path, node))


def _code_of(node: ast.ClassDef) -> str | None:
    """Return the code of an error, which is a class with a code and a title; None of any other class."""
    values = {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    code = values.get("code")
    return str(code.value) if isinstance(code, ast.Constant) and "title" in values else None


def _literal_dict(tree: ast.Module, name: str) -> list[tuple[str, str]]:
    """Return the pairs of a dictionary as written, where a repeated key is still seen twice."""
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Dict):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if _last_name(target) == name:
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return [(ast.literal_eval(key), ast.literal_eval(value)) for key, value in pairs if key is not None]
    return []
