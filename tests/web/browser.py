"""A browser without a script: it keeps cookies, reads pages and sends forms as they stand in them."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient

from tests.identity.people import StaffMember

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9", "Accept-Language": "en"}


@dataclass
class Form:
    """A form of a page: where it goes, and the fields that would be sent."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A page: its text, links, forms and ids."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer, self.status = answer, answer.status_code
        self.source = answer.get_data(as_text=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._texts: list[str] = []
        self._title: list[str] = []
        self._inside = ""
        self.feed(self.source)

    @property
    def text(self) -> str:
        return re.sub(r" ([:.,;])", r"\1", re.sub(r"\s+", " ", " ".join(self._texts)))

    @property
    def title(self) -> str:
        return "".join(self._title).strip()

    def form(self, action: str) -> Form:
        return next(each for each in self.forms if action in each.action)

    def link(self, words: str) -> str:
        return next(href for href, text in self.links if words in text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        self._inside = tag
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "form":
            self.forms.append(Form(given.get("action") or "", given.get("method") or "get"))
        elif tag == "a" and "href" in given:
            self.links.append((str(given["href"]), ""))
        elif self.forms and given.get("name"):
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str | None]) -> None:
        name, value = str(given["name"]), given.get("value") or ""
        if tag == "button":
            self.forms[-1].buttons.append((name, value))
        elif given.get("type") not in {"radio", "checkbox"} or "checked" in given:
            self.forms[-1].fields[name] = value

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self._title.append(data)
        elif self._inside not in {"style", "script"}:
            self._texts.append(data)
            if self._inside == "textarea" and self.forms:
                self.forms[-1].fields[list(self.forms[-1].fields)[-1]] = data
        if self.links and self._inside in {"a", "b"}:
            href, text = self.links[-1]
            self.links[-1] = (href, text + data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@dataclass
class Clerk:
    """A member of staff with a browser."""

    client: FlaskClient
    member: StaffMember

    def get(self, path: str, **headers: str) -> Page:
        return Page(self.client.get(path, headers={**HTML, **headers}))

    def send(self, form: Form, follow: bool = True, **changed: str) -> Page:
        """Send a form with some fields filled in; `__` in a name stands for a dot."""
        fields = {**form.fields, **{name.replace("__", "."): value for name, value in changed.items()}}
        answer = self.client.post(form.action, data=fields, headers=HTML)
        if follow and answer.status_code == 303:
            return self.get(answer.headers["Location"])
        return Page(answer)

    def sign_in(self, coming_to: str = "/console", **changed: str) -> Page:
        page = self.get(f"/console/sign-in?next={coming_to}")
        filled = {"username": self.member.username, "password": self.member.password, "totp": self.member.code()}
        return self.send(page.form("sign-in"), **{**filled, **changed})

    def case(self, planting: dict[str, Any], query: str = "") -> Page:
        return self.get(f"/console/cases/{planting['review']['case_id']}{query}")

    def decide(self, page: Page, verdict: str = "approve", *, follow: bool = True, **changed: str) -> Page:
        return self.send(page.form("/console/cases/"), follow=follow, verdict=verdict, **changed)
