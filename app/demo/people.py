"""Who lives and works in the demo city. Every name and number is invented; nothing is ever sent."""

from dataclasses import dataclass

from app.identity import AgencyKind, Role

# Known to everybody who reads this: the demo environment is refused in production.
PASSWORD = "bamboo-in-the-morning-fog"  # nosec B105

LIANDU, LONGQUAN = "331102", "331181"


@dataclass(frozen=True, slots=True)
class DemoAgency:
    """An office of a county."""

    slug: str
    kind: AgencyKind
    county: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """Somebody who decides."""

    username: str
    name: str
    agency: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class DemoResident:
    """Somebody with the app."""

    phone: str
    name: str


AGENCIES = (
    DemoAgency("liandu-forestry", AgencyKind.FORESTRY, LIANDU, "莲都区林业局（演示）", "Liandu Forestry Bureau (demo)"),
    DemoAgency(
        "longquan-forestry", AgencyKind.FORESTRY, LONGQUAN, "龙泉市林业局（演示）", "Longquan Forestry Bureau (demo)"
    ),
)
STAFF = (
    DemoStaff("liandu.verifier", "王敏", "liandu-forestry", (Role.VERIFIER,)),
    DemoStaff("liandu.second", "周岚", "liandu-forestry", (Role.VERIFIER,)),
    DemoStaff("liandu.registrar", "陈立", "liandu-forestry", (Role.REGISTRAR,)),
    DemoStaff("liandu.registrar2", "吴琪", "liandu-forestry", (Role.REGISTRAR,)),
    DemoStaff("liandu.finance", "蓝静", "liandu-forestry", (Role.FINANCE,)),
    DemoStaff("liandu.finance2", "雷勇", "liandu-forestry", (Role.FINANCE,)),
    DemoStaff("longquan.verifier", "叶青", "longquan-forestry", (Role.VERIFIER,)),
)
RESIDENTS = (
    DemoResident("13800000001", "张三丰"),
    DemoResident("13800000002", "欧阳小禾"),
    DemoResident("13800000003", "Maria Silva"),
)
