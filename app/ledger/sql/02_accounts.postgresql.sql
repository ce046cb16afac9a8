-- Opening an account, and locking a group of them. Functions run as the owner of the tables, because the application's role may
-- not write balances, and even a row lock needs the UPDATE privilege. The search path is fixed, so no caller can slip in a table.
CREATE OR REPLACE FUNCTION ledger_open_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO ledger_balance (account_id, bucket, asset_id, posted, held, version, floor, lot_rule)
    SELECT NEW.id, bucket, NEW.asset_id, 0, 0, 0, purpose.floor, purpose.lot_rule
    FROM ledger_asset asset
    JOIN ledger_purpose purpose
        ON purpose.asset_kind = asset.kind AND purpose.owner_kind = NEW.owner_kind AND purpose.purpose = NEW.purpose
    CROSS JOIN generate_series(0, purpose.buckets - 1) bucket
    WHERE asset.id = NEW.asset_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger_account_purpose' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_purpose';
    END IF;
    RETURN NULL;
END $$;
-- ;;
CREATE TRIGGER ledger_account_open AFTER INSERT ON ledger_account
FOR EACH ROW EXECUTE FUNCTION ledger_open_account();
-- ;;
-- Locks balances in the order of their keys, which is also the order in which a transfer takes its two: no two groups can wait for
-- each other. `buckets` runs beside `accounts`; without it all buckets of each account are taken.
CREATE OR REPLACE FUNCTION ledger_lock(accounts uuid[], buckets integer[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF buckets IS NULL THEN
        PERFORM FROM ledger_balance WHERE account_id = ANY (accounts) ORDER BY account_id, bucket FOR NO KEY UPDATE;
    ELSE
        PERFORM FROM ledger_balance
        WHERE (account_id, bucket) IN (SELECT * FROM unnest(accounts, buckets))
        ORDER BY account_id, bucket FOR NO KEY UPDATE;
    END IF;
END $$;
-- ;;
REVOKE ALL ON FUNCTION ledger_open_account(), ledger_lock(uuid[], integer[]) FROM PUBLIC;
-- ;;
GRANT EXECUTE ON FUNCTION ledger_lock(uuid[], integer[]) TO lintan_app;
-- ;;
-- Room on the page for the next version of a row that changes with every payment: such an update touches no index.
ALTER TABLE ledger_balance SET (fillfactor = 70);
-- ;;
ALTER TABLE ledger_lot SET (fillfactor = 70);
-- ;;
ALTER TABLE ledger_waiting SET (fillfactor = 70);
