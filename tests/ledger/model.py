"""The ledger in plain Python, as its law reads (LEDGER 3): the oracle of the tests, and never a second product path.

It shares nothing with the SQL: points are a list with one day for each single point, so that "the earliest first" is a slice.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

AMOUNT_MAX = 2**53 - 1

Name = Callable[[str], UUID]
Part = tuple[str, dict[str, Any]]


class Refused(Exception):
    """The law forbids it; `codes` are the reasons, of which the product may name any."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = {f"ledger.{code}" for code in codes}


@dataclass
class Account:
    """One account. `lines` are its entries: (transfer, amount, posted after, held after, {day: points taken} or None)."""

    asset: str
    owner: str
    floor: int | None = 0
    keeps_days: bool = False
    takes_due: bool = False
    posted: int = 0
    held: int = 0
    days: list[date] = field(default_factory=list)
    lines: list[tuple[UUID, int, int, int, dict[str, int] | None]] = field(default_factory=list)

    def due(self, today: date) -> int:
        return sum(day <= today for day in self.days)

    def expiring(self, today: date) -> int:
        return max(0, min(self.due(today), self.posted - self.held))

    def can_pay(self, amount: int, today: date) -> bool:
        return self.floor is None or self.posted - self.held - self.expiring(today) - amount >= self.floor

    def note(self, transfer: UUID, amount: int, taken: dict[str, int] | None = None) -> None:
        self.lines.append((transfer, amount, self.posted, self.held, taken))


@dataclass(frozen=True)
class Transfer:
    id: UUID
    kind: str
    debit: str
    credit: str
    amount: int
    source: UUID
    hold: UUID | None = None
    expires_on: date | None = None
    reverses: UUID | None = None


class Ledger:
    """All accounts by name, all transfers by id."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.transfers: dict[UUID, Transfer] = {}
        self.ended: set[UUID] = set()

    def post(self, new: Transfer, today: date) -> None:
        """Apply a transfer, or refuse it and change nothing."""
        standing = self.transfers.get(new.id)
        if standing is not None:
            if standing != new:
                raise Refused("replay_conflict", *self._objections(new, today))
            return
        codes = self._objections(new, today)
        if codes:
            raise Refused(*codes)
        self.transfers[new.id] = new
        getattr(self, f"_{new.kind}")(new, today)

    def _objections(self, new: Transfer, today: date) -> list[str]:
        debit, credit = self.accounts[new.debit], self.accounts[new.credit]
        codes = []
        if not 1 <= new.amount <= AMOUNT_MAX:
            codes.append("amount_out_of_range")
        if debit.asset != credit.asset or new.debit == new.credit:
            codes.append("asset_mismatch")
        if new.kind in {"move", "post"} and credit.keeps_days != (new.expires_on is not None):
            codes.append("expiry_wrong")
        if new.expires_on is not None and new.expires_on.day != 1:
            codes.append("expiry_wrong")
        if new.kind in {"move", "hold"} and not credit.takes_due and not debit.can_pay(new.amount, today):
            codes.append("insufficient_funds")
        if new.kind in {"post", "void"}:
            hold = self.transfers.get(new.hold) if new.hold else None
            if hold is None or hold.kind != "hold" or new.amount > hold.amount:
                codes.append("hold_mismatch")
            if new.hold in self.ended:
                codes.append("hold_resolved")
        return codes

    def _move(self, new: Transfer, today: date) -> None:
        debit, credit = self.accounts[new.debit], self.accounts[new.credit]
        leave = 0 if credit.takes_due else debit.expiring(today)
        self._carry(new, debit, credit, leave=leave, freed=0)

    def _hold(self, new: Transfer, today: date) -> None:
        debit = self.accounts[new.debit]
        debit.held += new.amount
        debit.note(new.id, 0)

    def _post(self, new: Transfer, today: date) -> None:
        debit, credit = self.accounts[new.debit], self.accounts[new.credit]
        assert new.hold is not None
        self.ended.add(new.hold)
        self._carry(new, debit, credit, leave=debit.expiring(today), freed=self.transfers[new.hold].amount)

    def _void(self, new: Transfer, today: date) -> None:
        debit = self.accounts[new.debit]
        assert new.hold is not None
        self.ended.add(new.hold)
        debit.held -= new.amount
        debit.note(new.id, 0)

    def _carry(self, new: Transfer, debit: Account, credit: Account, *, leave: int, freed: int) -> None:
        taken: dict[str, int] | None = None
        if debit.keeps_days:
            debit.days.sort()
            gone = debit.days[leave : leave + new.amount]
            del debit.days[leave : leave + new.amount]
            taken = {str(day): gone.count(day) for day in set(gone)}
        if credit.keeps_days:
            assert new.expires_on is not None
            credit.days += [new.expires_on] * new.amount
        debit.posted -= new.amount
        debit.held -= freed
        credit.posted += new.amount
        debit.note(new.id, -new.amount, taken)
        credit.note(new.id, new.amount)

    # What use cases make of it. `name` gives the id of a leg of their cause.

    def grant(self, name: Name, source: UUID, who: str, points: int, expires_on: date, today: date) -> None:
        """Repay the debt, then give the rest."""
        if not 1 <= points <= AMOUNT_MAX:
            raise Refused("amount_out_of_range")
        standing = [leg for leg in self._of(source) if leg.kind == "move"]
        if standing:
            days = {leg.expires_on for leg in standing} - {None, expires_on}
            if days or sum(leg.amount for leg in standing) != points:
                raise Refused("replay_conflict")
            return
        repaid = min(points, -self.accounts[f"{who}.debt"].posted)
        if points > repaid and expires_on.day != 1:
            raise Refused("expiry_wrong")
        if repaid:
            self.post(_move(name("grant/repayment"), source, "issuer", f"{who}.debt", repaid), today)
        if points > repaid:
            reaches = _move(name("grant"), source, "issuer", f"{who}.points", points - repaid)
            self.post(replace(reaches, expires_on=expires_on), today)

    def end(self, new: UUID, source: UUID, kind: str, hold: UUID, amount: int | None, today: date) -> None:
        """Post or void a hold."""
        held = self.transfers.get(hold)
        if held is None or held.kind != "hold":
            raise Refused("hold_mismatch")
        amount = held.amount if amount is None else amount
        self.post(Transfer(new, kind, held.debit, held.credit, amount, source, hold=hold), today)

    def reverse(self, name: Name, source: UUID, original: UUID, amount: int | None, today: date) -> None:
        """Take back; what is no longer there is owed."""
        first = self.transfers.get(original)
        if first is None:
            raise Refused("transfer_not_found")
        between_keepers = self.accounts[first.debit].keeps_days and self.accounts[first.credit].keeps_days
        if first.kind not in {"move", "post"} or first.reverses is not None or between_keepers:
            raise Refused("reversal_refused")
        mine = self._of(source)
        if mine:
            if amount is not None and sum(leg.amount for leg in mine) != amount:
                raise Refused("replay_conflict")
            return
        earlier = [each for each in self.transfers.values() if each.reverses == original]
        left = first.amount - self.taken_back(original)
        amount = left if amount is None else amount
        if amount > left or left == 0:
            raise Refused("reversal_exceeds")
        if amount < 1:
            raise Refused("amount_out_of_range")
        # Legs of one cause are posted in the order of their ids.
        for leg, changes in sorted(self._way_back(first, amount, earlier, today), key=lambda part: name(part[0])):
            back = _move(name(leg), source, first.credit, first.debit, 0)
            self.post(replace(back, reverses=original, **changes), today)

    def _way_back(self, first: Transfer, amount: int, earlier: list[Transfer], today: date) -> Iterator[Part]:
        payer, payee = self.accounts[first.credit], self.accounts[first.debit]
        if payer.keeps_days:
            there = min(amount, payer.posted - payer.held - payer.expiring(today))
            if there:
                yield "reversal", {"amount": there}
            if amount > there:
                yield "reversal/debt", {"amount": amount - there, "debit": first.credit.replace("points", "debt")}
        elif payee.keeps_days:
            taken = next(line[4] for line in payee.lines if line[0] == first.id) or {}
            left = [date.fromisoformat(day) for day, count in taken.items() for _ in range(count)]
            for each in earlier:
                for _ in range(each.amount):
                    left.remove(each.expires_on)  # type: ignore[arg-type]
            for day, count in sorted(Counter(sorted(left, reverse=True)[:amount]).items(), reverse=True):
                yield f"reversal/{day}", {"amount": count, "expires_on": day}
        else:
            yield "reversal", {"amount": amount}

    def taken_back(self, original: UUID) -> int:
        return sum(each.amount for each in self.transfers.values() if each.reverses == original)

    def _of(self, source: UUID) -> list[Transfer]:
        return [each for each in self.transfers.values() if each.source == source]


def _move(id_: UUID, source: UUID, debit: str, credit: str, amount: int) -> Transfer:
    return Transfer(id_, "move", debit, credit, amount, source)
