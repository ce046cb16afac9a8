-- A hold ends once, by a post of all or part of it or by a void; the unique index on hold_id keeps it at once.
CREATE TRIGGER ledger_transfer_resolve AFTER INSERT ON ledger_transfer WHEN NEW.kind IN ('post', 'void')
BEGIN
    SELECT RAISE(ABORT, 'ledger_transfer_hold') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_transfer hold
        WHERE hold.id = NEW.hold_id AND hold.kind = 'hold' AND hold.asset_id = NEW.asset_id
            AND hold.debit_account = NEW.debit_account AND hold.debit_bucket = NEW.debit_bucket
            AND hold.credit_account = NEW.credit_account AND hold.credit_bucket = NEW.credit_bucket
            AND (NEW.amount = hold.amount OR NEW.kind = 'post' AND NEW.amount < hold.amount)
    );
    UPDATE ledger_balance SET
        posted = posted - CASE NEW.kind WHEN 'post' THEN NEW.amount ELSE 0 END,
        held = held - (SELECT amount FROM ledger_transfer WHERE id = NEW.hold_id),
        version = version + 1
    WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket;
    UPDATE ledger_balance SET posted = posted + NEW.amount, version = version + 1
    WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND NEW.kind = 'post';
    SELECT RAISE(ABORT, 'ledger_transfer_expiry') FROM ledger_balance
    WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND NEW.kind = 'post'
        AND (lot_rule = 'keeps') <> (NEW.expires_on IS NOT NULL);
    INSERT INTO ledger_entry (account_id, bucket, seq, transfer_id, amount, balance_after, held_after, created_at, lots)
    SELECT account_id, bucket, version, NEW.id, CASE NEW.kind WHEN 'post' THEN -NEW.amount ELSE 0 END, posted, held,
        max(NEW.created_at, coalesce((
            SELECT created_at FROM ledger_entry
            WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket AND seq = version - 1
        ), NEW.created_at)),
        CASE WHEN lot_rule = 'keeps' AND NEW.kind = 'post' THEN (
            SELECT json_group_object(expires_on, min(upto, from_point + NEW.amount) - max(upto - remaining, from_point))
            FROM (
                SELECT expires_on, remaining, sum(remaining) OVER (ORDER BY expires_on) AS upto
                FROM ledger_lot WHERE account_id = NEW.debit_account
            ), (
                -- What holds did not cover before this post was due to expire; it stays for the run, however late that comes.
                SELECT min(
                    (
                        SELECT coalesce(sum(remaining), 0) FROM ledger_lot
                        WHERE account_id = NEW.debit_account AND expires_on <= date(substr(NEW.created_at, 1, 19), '+8 hours')
                    ),
                    posted + NEW.amount - held - (SELECT amount FROM ledger_transfer WHERE id = NEW.hold_id)
                ) AS from_point
                FROM ledger_balance WHERE account_id = NEW.debit_account AND bucket = NEW.debit_bucket
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
    FROM ledger_balance WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND NEW.kind = 'post';
END
