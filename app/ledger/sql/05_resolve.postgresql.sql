-- A hold ends once, by a post of all or part of it or by a void; the unique index on hold_id keeps it at once.
CREATE OR REPLACE FUNCTION ledger_apply_resolve() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    hold ledger_transfer;
    debit ledger_balance;
    credit ledger_balance;
    free bigint;
    taken jsonb;
BEGIN
    SELECT * INTO hold FROM ledger_transfer WHERE id = NEW.hold_id AND kind = 'hold';
    IF NOT FOUND
        OR (NEW.asset_id, NEW.debit_account, NEW.debit_bucket, NEW.credit_account, NEW.credit_bucket)
            <> (hold.asset_id, hold.debit_account, hold.debit_bucket, hold.credit_account, hold.credit_bucket)
        OR NEW.amount > hold.amount
        OR NEW.kind = 'void' AND NEW.amount <> hold.amount
    THEN
        RAISE EXCEPTION 'ledger_transfer_hold' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_hold';
    END IF;
    IF NEW.kind = 'void' THEN
        debit := ledger_change(NEW.debit_account, NEW.debit_bucket, NEW.asset_id, 0, -hold.amount);
        PERFORM ledger_note(debit, NEW.id, NEW.created_at, 0, NULL);
        RETURN NULL;
    END IF;
    IF (NEW.debit_account, NEW.debit_bucket) < (NEW.credit_account, NEW.credit_bucket) THEN
        debit := ledger_change(NEW.debit_account, NEW.debit_bucket, NEW.asset_id, -NEW.amount, -hold.amount);
        credit := ledger_change(NEW.credit_account, NEW.credit_bucket, NEW.asset_id, NEW.amount, 0);
    ELSE
        credit := ledger_change(NEW.credit_account, NEW.credit_bucket, NEW.asset_id, NEW.amount, 0);
        debit := ledger_change(NEW.debit_account, NEW.debit_bucket, NEW.asset_id, -NEW.amount, -hold.amount);
    END IF;
    IF (credit.lot_rule = 'keeps') <> (NEW.expires_on IS NOT NULL) THEN
        RAISE EXCEPTION 'ledger_transfer_expiry' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_expiry';
    END IF;
    IF debit.lot_rule = 'keeps' THEN
        -- What holds did not cover before this post was due to expire; it stays for the run, however late that comes.
        free := debit.posted + NEW.amount - debit.held - hold.amount;
        taken := ledger_spend_lots(debit.account_id, least(ledger_due(debit.account_id, NEW.created_at), free), NEW.amount);
    END IF;
    IF NEW.expires_on IS NOT NULL THEN
        PERFORM ledger_grant_lot(credit.account_id, NEW.expires_on, NEW.amount);
    END IF;
    PERFORM ledger_note(debit, NEW.id, NEW.created_at, -NEW.amount, taken);
    PERFORM ledger_note(credit, NEW.id, NEW.created_at, NEW.amount, NULL);
    RETURN NULL;
END $$;
-- ;;
CREATE TRIGGER ledger_transfer_resolve AFTER INSERT ON ledger_transfer
FOR EACH ROW WHEN (NEW.kind IN ('post', 'void')) EXECUTE FUNCTION ledger_apply_resolve();
-- ;;
REVOKE ALL ON FUNCTION ledger_apply_resolve() FROM PUBLIC;
