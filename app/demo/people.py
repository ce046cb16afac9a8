"""Who lives and works in the demo city. Every name and number is invented; nothing is ever sent."""

from dataclasses import dataclass

from app.foundation.proof import EVERY_COUNTY
from app.identity import AgencyKind, Role

# Known to everybody who reads this: the demo environment is refused in production.
PASSWORD = "bamboo-in-the-morning-fog"  # nosec B105

LIANDU, LONGQUAN = "331102", "331181"
# The office that signs certificates, and the two people behind its mandate.
ISSUER, ISSUERS = "lishui-ecology", ("lishui.issuer", "lishui.issuer2")


@dataclass(frozen=True, slots=True)
class DemoAgency:
    """An office of a county, or of the whole city."""

    slug: str
    kind: AgencyKind
    county: str | None
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """Somebody who decides."""

    username: str
    name: str
    agency: str | None  # None: whoever serves the whole city and no office of its own.
    roles: tuple[Role, ...]
    counties: tuple[str, ...] = ()  # Of an office of the city; one of a county works in its own.


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
    DemoAgency(
        ISSUER, AgencyKind.ECOLOGY, None, "丽水市生态环境局（演示）", "Lishui Ecology and Environment Bureau (demo)"
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
    DemoStaff(ISSUERS[0], "项晖", ISSUER, (Role.ISSUER,), (EVERY_COUNTY,)),
    DemoStaff(ISSUERS[1], "钟灵", ISSUER, (Role.ISSUER,), (EVERY_COUNTY,)),
    # What stands in the rulebook holds for all counties, and is changed by people of the city.
    DemoStaff("lishui.registrar", "潘岳", ISSUER, (Role.REGISTRAR,), (EVERY_COUNTY,)),
    DemoStaff("lishui.finance", "梅雨", ISSUER, (Role.FINANCE,), (EVERY_COUNTY,)),
    DemoStaff("lishui.finance2", "汤成", ISSUER, (Role.FINANCE,), (EVERY_COUNTY,)),
    # Two who open accounts and grant roles to others, two of the help desk, one who only reads.
    DemoStaff("lishui.admin", "柳溪", None, (Role.ADMIN,)),
    DemoStaff("lishui.admin2", "徐川", None, (Role.ADMIN,)),
    DemoStaff("lishui.support", "何兰", None, (Role.SUPPORT,)),
    DemoStaff("lishui.support2", "苏怡", None, (Role.SUPPORT,)),
    DemoStaff("lishui.auditor", "周正", None, (Role.AUDITOR,)),
)
RESIDENTS = (
    DemoResident("13800000001", "张三丰"),
    DemoResident("13800000002", "欧阳小禾"),
    DemoResident("13800000003", "Maria Silva"),
)
