-- Every transfer is applied by the trigger of its kind: move and hold here, post and void in the next file. Several triggers of
-- one event run in no promised order, so none relies on what another has done; inside one, statements run from top to bottom.
-- The writer holds the file, so nothing has to be locked.
CREATE TRIGGER ledger_transfer_move AFTER INSERT ON ledger_transfer WHEN NEW.kind = 'move'
BEGIN
    UPDATE ledger_balance SET posted = posted - NEW.amount, version = version + 1
    WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket AND asset_id = NEW.asset_id;
    SELECT RAISE(ABORT, 'ledger_transfer_asset') WHERE changes() <> 1;
    UPDATE ledger_balance SET posted = posted + NEW.amount, version = version + 1
    WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND asset_id = NEW.asset_id;
    SELECT RAISE(ABORT, 'ledger_transfer_asset') WHERE changes() <> 1;
    SELECT RAISE(ABORT, 'ledger_transfer_expiry') FROM ledger_balance
    WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND (lot_rule = 'keeps') <> (NEW.expires_on IS NOT NULL);
    -- What is due, from an account with lots: an expiry may take only that, anything else must leave all of it.
    SELECT CASE
        WHEN credit.lot_rule = 'expires' AND due < NEW.amount THEN RAISE(ABORT, 'ledger_transfer_not_due')
        WHEN credit.lot_rule <> 'expires' AND due > free THEN RAISE(ABORT, 'ledger_transfer_due')
    END
    FROM (
        SELECT posted - held AS free, (
            SELECT coalesce(sum(remaining), 0) FROM ledger_lot
            WHERE account_id = NEW.debit_account AND expires_on <= date(substr(NEW.created_at, 1, 19), '+8 hours')
        ) AS due
        FROM ledger_balance
        WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket AND lot_rule = 'keeps'
    ) JOIN ledger_balance credit ON credit.account_id = NEW.credit_account AND credit.bucket = NEW.credit_bucket;
    -- The entries. One is never older than the one before it, so "as of a time" and "as of a number" agree on any clock.
    INSERT INTO ledger_entry (account_id, bucket, seq, transfer_id, amount, balance_after, held_after, created_at, lots)
    SELECT account_id, bucket, version, NEW.id, -NEW.amount, posted, held,
        max(NEW.created_at, coalesce((
            SELECT created_at FROM ledger_entry
            WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket AND seq = version - 1
        ), NEW.created_at)),
        CASE lot_rule WHEN 'keeps' THEN (
            -- `upto` counts the points up to the end of a lot; the spend is the stretch from `from_point` to `from_point` + amount.
            SELECT json_group_object(expires_on, min(upto, from_point + NEW.amount) - max(upto - remaining, from_point))
            FROM (
                SELECT expires_on, remaining, sum(remaining) OVER (ORDER BY expires_on) AS upto
                FROM ledger_lot WHERE account_id = NEW.debit_account
            ), (
                SELECT coalesce(sum(remaining), 0) AS from_point FROM ledger_lot
                WHERE account_id = NEW.debit_account AND expires_on <= date(substr(NEW.created_at, 1, 19), '+8 hours')
                    AND 'expires' <> (
                        SELECT lot_rule FROM ledger_balance
                        WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket
                    )
            )
            WHERE upto > from_point AND upto - remaining < from_point + NEW.amount
        ) END
    FROM ledger_balance WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket;
    INSERT INTO ledger_entry (account_id, bucket, seq, transfer_id, amount, balance_after, held_after, created_at)
    SELECT account_id, bucket, version, NEW.id, NEW.amount, posted, held,
        max(NEW.created_at, coalesce((
            SELECT created_at FROM ledger_entry
            WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND seq = version - 1
        ), NEW.created_at))
    FROM ledger_balance WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket;
END
-- ;;
-- A reversal goes back the way the original came, to the very same balance row. Points that are no longer there may come from the
-- owner's debt account instead.
CREATE TRIGGER ledger_transfer_reversal AFTER INSERT ON ledger_transfer WHEN NEW.reverses IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'ledger_transfer_reversal') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_transfer original
        WHERE original.id = NEW.reverses AND original.kind IN ('move', 'post') AND original.reverses IS NULL
            AND original.asset_id = NEW.asset_id
            AND original.debit_account = NEW.credit_account AND original.debit_bucket = NEW.credit_bucket
            AND (
                original.credit_account = NEW.debit_account AND original.credit_bucket = NEW.debit_bucket
                OR EXISTS (
                    SELECT 1 FROM ledger_account debt JOIN ledger_account payer USING (owner_kind, owner_id)
                    WHERE debt.id = NEW.debit_account AND debt.purpose = 'debt' AND payer.id = original.credit_account
                )
            )
    );
    SELECT RAISE(ABORT, 'ledger_transfer_reversed') FROM ledger_transfer original
    WHERE original.id = NEW.reverses
        AND original.amount < (SELECT sum(amount) FROM ledger_transfer WHERE reverses = NEW.reverses);
END
-- ;;
CREATE TRIGGER ledger_transfer_hold AFTER INSERT ON ledger_transfer WHEN NEW.kind = 'hold'
BEGIN
    UPDATE ledger_balance SET held = held + NEW.amount, version = version + 1
    WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket AND asset_id = NEW.asset_id;
    SELECT RAISE(ABORT, 'ledger_transfer_asset') WHERE changes() <> 1 OR NOT EXISTS (
        SELECT 1 FROM ledger_balance
        WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND asset_id = NEW.asset_id
    );
    SELECT RAISE(ABORT, 'ledger_transfer_not_due') FROM ledger_balance
    WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND lot_rule = 'expires';
    SELECT RAISE(ABORT, 'ledger_transfer_due') FROM ledger_balance
    WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket AND lot_rule = 'keeps'
        AND posted - held < (
            SELECT coalesce(sum(remaining), 0) FROM ledger_lot
            WHERE account_id = NEW.debit_account AND expires_on <= date(substr(NEW.created_at, 1, 19), '+8 hours')
        );
    INSERT INTO ledger_entry (account_id, bucket, seq, transfer_id, amount, balance_after, held_after, created_at)
    SELECT account_id, bucket, version, NEW.id, 0, posted, held,
        max(NEW.created_at, coalesce((
            SELECT created_at FROM ledger_entry
            WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket AND seq = version - 1
        ), NEW.created_at))
    FROM ledger_balance WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket;
END
-- ;;
-- Marks a changed balance for the seal.
CREATE TRIGGER ledger_entry_waiting AFTER INSERT ON ledger_entry
BEGIN
    INSERT INTO ledger_waiting (account_id, bucket, version) VALUES (NEW.account_id, NEW.bucket, NEW.seq)
    ON CONFLICT (account_id, bucket) DO UPDATE SET version = excluded.version;
END
