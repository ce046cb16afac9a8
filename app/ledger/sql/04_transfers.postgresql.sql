-- Every transfer is applied by the trigger of its kind: move and hold here, post and void in the next file. The order is always:
-- both balances by key (that is the lock), the rules, the entries.

-- Changes one balance, whose CHECK constraints refuse what the account cannot bear, and returns the row as it stands then.
CREATE OR REPLACE FUNCTION ledger_change(account uuid, its_bucket smallint, asset uuid, posted_by bigint, held_by bigint)
RETURNS ledger_balance LANGUAGE plpgsql AS $$
DECLARE
    balance ledger_balance;
BEGIN
    UPDATE ledger_balance SET posted = posted + posted_by, held = held + held_by, version = version + 1
    WHERE account_id = account AND bucket = its_bucket AND asset_id = asset
    RETURNING * INTO balance;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger_transfer_asset' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_asset';
    END IF;
    RETURN balance;
END $$;
-- ;;
-- Writes the entry of a changed balance and marks it for the seal. An entry is never older than the one before it, so "as of a
-- time" and "as of a number" agree on any clock. The upsert must update, not do nothing: only so it waits for a sealer that is
-- about to delete the row.
CREATE OR REPLACE FUNCTION ledger_note(balance ledger_balance, transfer uuid, at timestamptz, change bigint, taken jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_entry (account_id, bucket, seq, transfer_id, amount, balance_after, held_after, created_at, lots)
    VALUES (
        balance.account_id, balance.bucket, balance.version, transfer, change, balance.posted, balance.held,
        greatest(at, (
            SELECT created_at FROM ledger_entry
            WHERE account_id = balance.account_id AND bucket = balance.bucket AND seq = balance.version - 1
        )),
        taken
    );
    INSERT INTO ledger_waiting (account_id, bucket, version) VALUES (balance.account_id, balance.bucket, balance.version)
    ON CONFLICT (account_id, bucket) DO UPDATE SET version = excluded.version;
END $$;
-- ;;
CREATE OR REPLACE FUNCTION ledger_apply_move() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    debit ledger_balance;
    credit ledger_balance;
    due bigint := 0;
    taken jsonb;
BEGIN
    IF (NEW.debit_account, NEW.debit_bucket) < (NEW.credit_account, NEW.credit_bucket) THEN
        debit := ledger_change(NEW.debit_account, NEW.debit_bucket, NEW.asset_id, -NEW.amount, 0);
        credit := ledger_change(NEW.credit_account, NEW.credit_bucket, NEW.asset_id, NEW.amount, 0);
    ELSE
        credit := ledger_change(NEW.credit_account, NEW.credit_bucket, NEW.asset_id, NEW.amount, 0);
        debit := ledger_change(NEW.debit_account, NEW.debit_bucket, NEW.asset_id, -NEW.amount, 0);
    END IF;
    IF (credit.lot_rule = 'keeps') <> (NEW.expires_on IS NOT NULL) THEN
        RAISE EXCEPTION 'ledger_transfer_expiry' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_expiry';
    END IF;
    IF NEW.reverses IS NOT NULL THEN
        PERFORM ledger_check_reversal(NEW);
    END IF;
    IF debit.lot_rule = 'keeps' THEN
        due := ledger_due(debit.account_id, NEW.created_at);
        IF credit.lot_rule = 'expires' THEN
            IF due < NEW.amount THEN
                RAISE EXCEPTION 'ledger_transfer_not_due' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_not_due';
            END IF;
            due := 0;
        ELSIF due > debit.posted - debit.held THEN
            RAISE EXCEPTION 'ledger_transfer_due' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_due';
        END IF;
        taken := ledger_spend_lots(debit.account_id, due, NEW.amount);
    END IF;
    IF NEW.expires_on IS NOT NULL THEN
        PERFORM ledger_grant_lot(credit.account_id, NEW.expires_on, NEW.amount);
    END IF;
    PERFORM ledger_note(debit, NEW.id, NEW.created_at, -NEW.amount, taken);
    PERFORM ledger_note(credit, NEW.id, NEW.created_at, NEW.amount, NULL);
    RETURN NULL;
END $$;
-- ;;
CREATE TRIGGER ledger_transfer_move AFTER INSERT ON ledger_transfer
FOR EACH ROW WHEN (NEW.kind = 'move') EXECUTE FUNCTION ledger_apply_move();
-- ;;
-- A reversal goes back the way the original came, to the very same balance row; both sides of that row's lock make the sum below
-- safe beside another reversal. Points that are no longer there may come from the owner's debt account instead.
CREATE OR REPLACE FUNCTION ledger_check_reversal(reversal ledger_transfer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    original ledger_transfer;
BEGIN
    SELECT * INTO original FROM ledger_transfer
    WHERE id = reversal.reverses AND kind IN ('move', 'post') AND reverses IS NULL AND asset_id = reversal.asset_id;
    IF NOT FOUND
        OR (reversal.credit_account, reversal.credit_bucket) <> (original.debit_account, original.debit_bucket)
        OR (reversal.debit_account, reversal.debit_bucket) <> (original.credit_account, original.credit_bucket)
            AND NOT EXISTS (
                SELECT FROM ledger_account debt JOIN ledger_account payer USING (owner_kind, owner_id)
                WHERE debt.id = reversal.debit_account AND debt.purpose = 'debt' AND payer.id = original.credit_account
            )
    THEN
        RAISE EXCEPTION 'ledger_transfer_reversal' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_reversal';
    END IF;
    IF (SELECT sum(amount) FROM ledger_transfer WHERE reverses = reversal.reverses) > original.amount THEN
        RAISE EXCEPTION 'ledger_transfer_reversed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_reversed';
    END IF;
END $$;
-- ;;
CREATE OR REPLACE FUNCTION ledger_apply_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    debit ledger_balance;
    credit_rule text;
BEGIN
    debit := ledger_change(NEW.debit_account, NEW.debit_bucket, NEW.asset_id, 0, NEW.amount);
    SELECT lot_rule INTO credit_rule FROM ledger_balance
    WHERE account_id = NEW.credit_account AND bucket = NEW.credit_bucket AND asset_id = NEW.asset_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger_transfer_asset' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_asset';
    END IF;
    IF credit_rule = 'expires' THEN
        RAISE EXCEPTION 'ledger_transfer_not_due' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_not_due';
    END IF;
    IF debit.lot_rule = 'keeps' AND ledger_due(debit.account_id, NEW.created_at) > debit.posted - debit.held THEN
        RAISE EXCEPTION 'ledger_transfer_due' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_due';
    END IF;
    PERFORM ledger_note(debit, NEW.id, NEW.created_at, 0, NULL);
    RETURN NULL;
END $$;
-- ;;
CREATE TRIGGER ledger_transfer_hold AFTER INSERT ON ledger_transfer
FOR EACH ROW WHEN (NEW.kind = 'hold') EXECUTE FUNCTION ledger_apply_hold();
-- ;;
REVOKE ALL ON FUNCTION ledger_apply_move(), ledger_apply_hold(), ledger_change(uuid, smallint, uuid, bigint, bigint),
    ledger_note(ledger_balance, uuid, timestamptz, bigint, jsonb), ledger_check_reversal(ledger_transfer) FROM PUBLIC;
