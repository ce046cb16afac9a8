-- Points and the days on which they expire. A lot is due when `expires_on` is not after the civil day of the transfer (UTC + 8 h;
-- the fraction is cut off first, because `date` rounds it); due points can only expire. A spend takes the earliest lots behind
-- those that are due, as if the expiry run had never been late. Which lots it takes is computed with its entry
-- (04_transfers, 05_resolve); the entry then drives the lots here.
CREATE TRIGGER ledger_entry_spend AFTER INSERT ON ledger_entry WHEN NEW.lots IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'ledger_lot_short')
    WHERE -NEW.amount <> (SELECT coalesce(sum(value), 0) FROM json_each(NEW.lots));
    UPDATE ledger_lot SET remaining = remaining - taken.value
    FROM json_each(NEW.lots) taken
    WHERE account_id = NEW.account_id AND expires_on = taken.key;
    DELETE FROM ledger_lot WHERE account_id = NEW.account_id AND remaining = 0;
END
-- ;;
-- Adds to the lot of a day. Days are the first of a month, so an account has a dozen lots or two, not hundreds.
CREATE TRIGGER ledger_transfer_grant AFTER INSERT ON ledger_transfer WHEN NEW.expires_on IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'ledger_lot_month') WHERE substr(NEW.expires_on, 9) <> '01';
    INSERT INTO ledger_lot (account_id, expires_on, remaining) VALUES (NEW.credit_account, NEW.expires_on, NEW.amount)
    ON CONFLICT (account_id, expires_on) DO UPDATE SET remaining = remaining + excluded.remaining;
END
