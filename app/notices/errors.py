"""What can go wrong with notices."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class NoticeNotFound(NotFound):
    """The caller has no notice of this id."""

    code = "notices.not_found"
    title = _("You have no notice of this id.")


class SecurityStays(DomainError):
    """Notices about the security of an account cannot be switched off for the inbox."""

    code = "notices.security_stays"
    status = 422
    title = _("Security notices stay in the inbox. Switch them off for other channels only.")
    pointer = "/groups"


class DeviceNeeded(DomainError):
    """The caller's session knows no device, so no push message would find it."""

    code = "notices.device_needed"
    status = 409
    title = _("Sign in again with this app first. The sign-in names the device.")


class ChannelOff(NotFound):
    """This service does not send over this channel."""

    code = "notices.channel_off"
    title = _("This service sends no messages over this channel.")


class WechatRefused(DomainError):
    """WeChat does not accept the code: wrong, used or too old."""

    code = "notices.wechat_refused"
    status = 409
    title = _("WeChat did not confirm the code. Open the mini program and allow the messages again.")


class WechatAway(DomainError):
    """WeChat could not be asked."""

    code = "notices.wechat_away"
    status = 503
    title = _("WeChat does not answer. Try again in a minute.")


class UnsafeSettings(Exception):
    """The product must not start with these settings."""
