"""Settings: every one comes from the environment, has a default, and stands in the one table of docs/settings.md."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENVIRONMENTS = ("demo", "production", "test")


class SettingsRefused(Exception):
    """The settings contradict each other or are not safe; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One `LINTAN_*` variable.

    Args:
        default: as it would stand in the environment; `{home}` and `{port}` are filled in.
        secret: may be given as a file by `NAME_FILE`, and is never shown.
    """

    name: str
    default: str
    meaning: str
    read: Callable[[str], Any] = str
    secret: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise SettingsRefused(f"{text!r} is no whole number above 0")
    return int(text)


def _count_or_none(text: str) -> int:
    return 0 if text == "0" else _count(text)


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise SettingsRefused(f"{text!r} is neither yes nor no")
    return text == "yes"


IDENTITY = (
    Setting(
        "LINTAN_JWT_KEYS", "", "Keys of access tokens, id:secret,id:secret, the first signs; else derived.", secret=True
    ),
    Setting("LINTAN_TOTP_SECRET", "", "What staff's second factors derive from; else from LINTAN_SECRET.", secret=True),
    Setting("LINTAN_ACCESS_TOKEN_S", "900", "Life of an access token in seconds, 900 at most."),
    Setting("LINTAN_SESSION_DAYS_IDLE", "60", "A resident's session ends after so many days without use."),
    Setting("LINTAN_SESSION_DAYS_MAX", "150", "A resident's session ends after so many days in any case."),
    Setting("LINTAN_STAFF_SESSION_HOURS", "12", "A staff session ends after so many hours."),
    Setting("LINTAN_ARGON2_MEMORY_KIB", "19456", "Memory of a password hash in KiB; production refuses less."),
    Setting("LINTAN_ARGON2_TIME", "2", "Passes of a password hash; production refuses less."),
    Setting("LINTAN_SMS_PROVIDER", "sandbox", "sandbox shows the code in the answer; tencent sends it."),
    Setting("LINTAN_SMS_CITY_PER_HOUR", "20000", "Text messages an hour in all; more are refused with an alarm."),
    Setting("LINTAN_SMS_ADDRESS_SOFT_PER_HOUR", "60", "Codes an hour to one address before a captcha is asked for."),
    Setting("LINTAN_SMS_ADDRESS_HARD_PER_HOUR", "1000", "Codes an hour to one address, captcha or not."),
    Setting("LINTAN_CAPTCHA_URL", "", "Where captcha answers are verified; empty: none is asked for."),
    Setting("LINTAN_CAPTCHA_SECRET", "", "The secret for that address.", secret=True),
    Setting("LINTAN_TENCENT_SMS_SECRET_ID", "", "Tencent Cloud: the id of the API key.", secret=True),
    Setting("LINTAN_TENCENT_SMS_SECRET_KEY", "", "Tencent Cloud: the API key.", secret=True),
    Setting("LINTAN_TENCENT_SMS_APP_ID", "", "Tencent Cloud: the SMS application."),
    Setting("LINTAN_TENCENT_SMS_SIGN", "", "Tencent Cloud: the approved signature."),
    Setting("LINTAN_TENCENT_SMS_TEMPLATE", "", "Tencent Cloud: the approved template."),
    Setting("LINTAN_TENCENT_SMS_REGION", "ap-guangzhou", "Tencent Cloud: the region."),
    Setting("LINTAN_TENCENT_SMS_ENDPOINT", "https://sms.tencentcloudapi.com", "Tencent Cloud: the API's address."),
    Setting("LINTAN_WECHAT_APP_ID", "", "WeChat mini program: its id; empty: nobody signs in through it."),
    Setting("LINTAN_WECHAT_SECRET", "", "WeChat mini program: its secret.", secret=True),
    Setting("LINTAN_WECHAT_URL", "https://api.weixin.qq.com", "WeChat mini program: the API's address."),
    Setting("LINTAN_ZHELIBAN_APP_ID", "", "浙里办: the application's id; empty: nobody signs in through it."),
    Setting("LINTAN_ZHELIBAN_ACCESS_KEY", "", "浙里办: the access key of the gateway.", secret=True),
    Setting("LINTAN_ZHELIBAN_SECRET_KEY", "", "浙里办: the secret key that signs requests.", secret=True),
    Setting("LINTAN_ZHELIBAN_URL", "https://ibcdsg.zj.gov.cn:8443", "浙里办: the gateway's address."),
)
PAYMENTS = (
    Setting(
        "LINTAN_PAYMENTS_PROVIDER", "sandbox", "sandbox takes invented money in the process; stripe takes real money."
    ),
    Setting("LINTAN_PAYMENTS_STRIPE_KEY", "", "Stripe: the secret or restricted key.", secret=True),
    Setting("LINTAN_PAYMENTS_STRIPE_PUBLISHABLE_KEY", "", "Stripe: the key that the payer's app shows to Stripe."),
    Setting("LINTAN_PAYMENTS_STRIPE_URL", "https://api.stripe.com", "Stripe: the API's address."),
    Setting(
        "LINTAN_PAYMENTS_WEBHOOK_SECRETS",
        "",
        "Stripe: signing secret of the webhook; two while one is renewed.",
        secret=True,
    ),
    Setting(
        "LINTAN_PAYMENTS_METHODS",
        "",
        "Ways to pay, such as alipay,wechat_pay,card; empty: as set at Stripe.",
        read=_words,
    ),
    Setting("LINTAN_PAYMENTS_AMOUNT_FEN_MIN", "100", "The least amount that can be paid online.", read=_count),
    Setting("LINTAN_PAYMENTS_REFUND_ALONE_FEN_MAX", "100000", "Refunds above need a second person.", read=_count),
    Setting("LINTAN_PAYMENTS_SANDBOX_COPIES", "1", "Sandbox: how often each webhook is sent.", read=_count),
    Setting("LINTAN_PAYMENTS_SANDBOX_DELAY_S", "0", "Sandbox: seconds before a webhook is sent.", read=int),
    Setting("LINTAN_PAYMENTS_SANDBOX_REORDER", "no", "Sandbox: yes sends webhooks out of order.", read=_yes),
)
NOTICES = (
    Setting("LINTAN_NOTICES_SMS", "off", "Notices by text message: off, sandbox (nothing leaves) or tencent."),
    Setting(
        "LINTAN_NOTICES_SMS_TEMPLATES",
        "",
        "Tencent Cloud: approved templates with one variable, group=template or default=template.",
        read=_words,
    ),
    Setting("LINTAN_NOTICES_WECHAT", "off", "WeChat subscription messages: off, sandbox or wechat."),
    Setting(
        "LINTAN_NOTICES_WECHAT_TEMPLATES",
        "",
        "WeChat: templates, group=template/thing1/time2 or default=template/thing1/time2.",
        read=_words,
    ),
    Setting("LINTAN_NOTICES_WECHAT_PAGE", "pages/notices/index", "WeChat: the page of the mini program that opens."),
    Setting("LINTAN_NOTICES_PUSH", "off", "Push messages: off, sandbox or gateway."),
    Setting("LINTAN_NOTICES_PUSH_URL", "", "Push: the address of the city's gateway."),
    Setting(
        "LINTAN_NOTICES_PUSH_SECRET", "", "Push: signs what the gateway gets, 32 characters at least.", secret=True
    ),
)
TRANSPARENCY = (
    Setting("LINTAN_KEYS", "{home}/keys", "Folder of the private keys, outside the database and its backups."),
    Setting(
        "LINTAN_KEYS_PASSPHRASE",
        "",
        "Encrypts them, 16 characters at least; outside production else derived from LINTAN_SECRET.",
        secret=True,
    ),
)
SETTINGS = (
    Setting("LINTAN_ENV", "demo", "demo (invented people, sandbox payments and SMS), production, or test."),
    Setting("LINTAN_HOME", "./var", "Folder for everything that is kept on this machine."),
    Setting(
        "LINTAN_PUBLIC_URL",
        "http://localhost:{port}",
        "How the world reaches the product; stands in ids, links and QR codes.",
    ),
    Setting(
        "LINTAN_DATABASE_URL",
        "sqlite:///{home}/lintan.db",
        "Where requests are served from: SQLite, or postgresql+psycopg.",
    ),
    Setting("LINTAN_OWNER_DATABASE_URL", "", "PostgreSQL only: the owner's address, for migrations.", secret=True),
    Setting("LINTAN_ALLOW_SQLITE", "no", "yes lets production run on SQLite, in one process."),
    Setting("LINTAN_FILES_URL", "file://{home}/files", "File store: a folder, or s3://bucket/prefix."),
    Setting(
        "LINTAN_SECRET", "", "At least 32 characters; all signing keys derive from it. Demo makes its own.", secret=True
    ),
    Setting("LINTAN_PROCESSES", "1", "Serving processes on PostgreSQL; SQLite has always one.", read=int),
    Setting(
        "LINTAN_TRUSTED_PROXIES",
        "0",
        "How many proxies of ours stand in front; so many entries of X-Forwarded-For are believed.",
        read=_count_or_none,
    ),
    Setting("LINTAN_RATE_LIMIT", "600 per minute", "Requests of one person or address; off for load tests."),
    Setting("LINTAN_RATE_STORE", "memory://", "Where requests are counted: memory (one process) or redis://host."),
    Setting("LINTAN_CORS_ORIGINS", "", "Origins of web apps that may call the API, parted by commas.", read=_words),
    Setting("LINTAN_METRICS_TOKEN", "", "Bearer token for /metrics; required in production.", secret=True),
    Setting("LINTAN_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting(
        "LINTAN_CALENDARS",
        "{home}/calendars",
        "Folder of working-day calendars added by the operator: working_days_YEAR.csv.",
    ),
    Setting("LINTAN_PLANTING_TREES_MAX", "500", "Trees that one planting record may name.", read=_count),
    *IDENTITY,
    *PAYMENTS,
    *NOTICES,
    *TRANSPARENCY,
)


def load(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the settings as Flask's configuration.

    Raises:
        SettingsRefused: an unknown environment, or a secret's file that cannot be read.
    """
    home = str(Path(environment.get("LINTAN_HOME") or "./var").resolve())
    fill = {"home": home, "port": environment.get("PORT") or "8000"}
    values = {each.name: each.read(_text_of(each, environment) or each.default.format(**fill)) for each in SETTINGS}
    values["LINTAN_HOME"] = home
    if values["LINTAN_ENV"] not in ENVIRONMENTS:
        raise SettingsRefused(f"LINTAN_ENV is {values['LINTAN_ENV']!r}, not one of {', '.join(ENVIRONMENTS)}")
    if not values["LINTAN_SECRET"] and values["LINTAN_ENV"] != "production":
        values["LINTAN_SECRET"] = _kept_secret(Path(home))
    values["LINTAN_PUBLIC_URL"] = values["LINTAN_PUBLIC_URL"].rstrip("/")
    return {**values, **_of_libraries(values)}


def refuse_unsafe(values: Mapping[str, Any]) -> None:
    """Refuse to start with settings that would serve the public unsafely (SECURITY E3).

    Raises:
        SettingsRefused: names every reason at once.
    """
    on_sqlite = values["LINTAN_DATABASE_URL"].startswith("sqlite")
    reasons = _unsafe_in_production(values, on_sqlite=on_sqlite) if values["LINTAN_ENV"] == "production" else []
    if values["LINTAN_PROCESSES"] > 1 and values["LINTAN_RATE_STORE"].startswith("memory"):
        reasons.append("several processes need LINTAN_RATE_STORE=redis://..., or each counts for itself")
    if not on_sqlite and not values["LINTAN_DATABASE_URL"].startswith("postgresql+psycopg://"):
        reasons.append("LINTAN_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
    if reasons:
        raise SettingsRefused("; ".join(reasons))


def _unsafe_in_production(values: Mapping[str, Any], *, on_sqlite: bool) -> list[str]:
    reasons = []
    if len(values["LINTAN_SECRET"]) < 32 or len(set(values["LINTAN_SECRET"])) < 10:
        reasons.append("LINTAN_SECRET must be set to at least 32 random characters")
    if values.get("DEBUG"):
        reasons.append("debug mode must be off")
    if on_sqlite and values["LINTAN_ALLOW_SQLITE"] != "yes":
        reasons.append("SQLite needs LINTAN_ALLOW_SQLITE=yes in production")
    if not values["LINTAN_PUBLIC_URL"].startswith("https://"):
        reasons.append("LINTAN_PUBLIC_URL must begin with https://")
    if not values["LINTAN_METRICS_TOKEN"]:
        reasons.append("LINTAN_METRICS_TOKEN must be set")
    if not values["LINTAN_TRUSTED_PROXIES"]:
        reasons.append("LINTAN_TRUSTED_PROXIES must be set: to limits and delays, all callers would be the one proxy")
    return reasons


def _text_of(setting: Setting, environment: Mapping[str, str]) -> str:
    value = environment.get(setting.name, "")
    path = environment.get(f"{setting.name}_FILE") if setting.secret else None
    if value or not path:
        return value
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsRefused(f"{setting.name}_FILE cannot be read: {error.strerror}") from error


def _kept_secret(home: Path) -> str:
    """Return the demo's own secret, made once: sessions survive a restart."""
    path = home / "secret"
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8")


def _of_libraries(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of Flask and its extensions that follow from ours."""
    url: str = values["LINTAN_DATABASE_URL"]
    # Parameters of a failed statement could be somebody's data: SQLAlchemy keeps them out of its messages.
    engine: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("postgresql"):
        engine |= {
            "pool_size": 10,
            "max_overflow": 10,
            "pool_pre_ping": True,
            "connect_args": {
                "options": "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
            },
        }
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine,
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "TESTING": values["LINTAN_ENV"] == "test",
        "PROPAGATE_EXCEPTIONS": False,
    }
