"""What the groups and channels of notices are called."""

from flask_babel import lazy_gettext as _

from app.notices.rules import Channel, NoticeGroup

_GROUPS = {
    NoticeGroup.SECURITY: _("Security of your account"),
    NoticeGroup.ACCOUNT: _("Your account and your consents"),
    NoticeGroup.HOUSEHOLD: _("Household"),
    NoticeGroup.ORGANISATION: _("Organisations"),
    NoticeGroup.RECORDS: _("Records under review"),
    NoticeGroup.POINTS: _("Points"),
    NoticeGroup.OFFSETS: _("Offsets and refunds"),
    NoticeGroup.CERTIFICATES: _("Certificates"),
    NoticeGroup.HELP: _("Help"),
    NoticeGroup.WORK: _("Work"),
}
_CHANNELS = {
    Channel.INBOX: _("Inbox"),
    Channel.PUSH: _("Push messages"),
    Channel.WECHAT: _("WeChat messages"),
    Channel.SMS: _("Text messages"),
}


def group_text(group: NoticeGroup) -> str:
    """Return what a group is called."""
    return str(_GROUPS[group])


def channel_text(channel: Channel) -> str:
    """Return what a channel is called."""
    return str(_CHANNELS[channel])
