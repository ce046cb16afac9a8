-- Serials and who holds them. The application inserts moves; the trigger on them is the only writer of blocks. Its function runs
-- as the owner of the tables, because the application's role may not write blocks; the search path is fixed.
INSERT INTO credits_serial_space (id, next_serial) VALUES (1, 1);
-- ;;
-- A serial stands in one batch and in one block.
ALTER TABLE credits_batch ADD CONSTRAINT credits_batch_no_overlap EXCLUDE USING gist (int8range(first, last, '[]') WITH &&);
-- ;;
ALTER TABLE credits_block ADD CONSTRAINT credits_block_no_overlap EXCLUDE USING gist (int8range(first, last, '[]') WITH &&);
-- ;;
-- Serials only ever go up: a number that was handed out is not handed out again.
CREATE OR REPLACE FUNCTION credits_count_on() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.next_serial > OLD.next_serial THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'credits_serial_space_forward'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_serial_space_forward';
END $$;
-- ;;
CREATE TRIGGER credits_serial_space_forward BEFORE UPDATE OR DELETE ON credits_serial_space
FOR EACH ROW EXECUTE FUNCTION credits_count_on();
-- ;;
CREATE OR REPLACE FUNCTION credits_apply_move() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    transfer ledger_transfer;
    batch credits_batch;
    payer text;
    payee text;
    wrong text;
BEGIN
    SELECT * INTO transfer FROM ledger_transfer WHERE id = NEW.transfer_id AND kind IN ('move', 'post');
    SELECT * INTO batch FROM credits_batch WHERE asset_id = transfer.asset_id;
    SELECT purpose INTO payer FROM ledger_account WHERE id = NEW.from_account;
    SELECT purpose INTO payee FROM ledger_account WHERE id = NEW.to_account;
    wrong := CASE
        WHEN batch.id IS NULL OR (transfer.debit_account, transfer.credit_account) <> (NEW.from_account, NEW.to_account)
            OR NEW.first < batch.first OR NEW.last > batch.last THEN 'credits_block_move_transfer'
        WHEN transfer.amount < (SELECT sum(last - first + 1) FROM credits_block_move WHERE transfer_id = NEW.transfer_id)
            THEN 'credits_block_move_amount'
        -- What is retired stays retired, and nothing goes back to before it was issued.
        WHEN payer = 'retired' THEN 'credits_block_move_retired'
        WHEN payee = 'issuer' OR (payer = 'issuer') <> (NEW.from_first IS NULL) THEN 'credits_block_move_issued'
    END;
    IF wrong IS NULL AND NEW.from_first IS NOT NULL THEN
        DELETE FROM credits_block
        WHERE batch_id = batch.id AND first = NEW.from_first AND last = NEW.from_last AND account_id = NEW.from_account
            AND transfer_id = NEW.from_transfer_id;
        IF NOT FOUND THEN
            wrong := 'credits_block_move_block';
        END IF;
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '%', wrong USING ERRCODE = 'check_violation', CONSTRAINT = wrong;
    END IF;
    INSERT INTO credits_block (batch_id, first, last, account_id, transfer_id)
    VALUES (batch.id, NEW.first, NEW.last, NEW.to_account, NEW.transfer_id);
    -- What is left of the block, before and behind.
    INSERT INTO credits_block (batch_id, first, last, account_id, transfer_id)
    SELECT batch.id, rest.first, rest.last, NEW.from_account, NEW.from_transfer_id
    FROM (VALUES (NEW.from_first, NEW.first - 1), (NEW.last + 1, NEW.from_last)) rest (first, last)
    WHERE rest.first <= rest.last;
    RETURN NULL;
END $$;
-- ;;
REVOKE ALL ON FUNCTION credits_apply_move() FROM PUBLIC;
-- ;;
CREATE TRIGGER credits_block_move_apply AFTER INSERT ON credits_block_move
FOR EACH ROW EXECUTE FUNCTION credits_apply_move();
-- ;;
-- Says again, whoever writes: a block on the account of the retired is never touched.
CREATE OR REPLACE FUNCTION credits_keep_retired() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_account WHERE id = OLD.account_id AND purpose = 'retired') THEN
        RAISE EXCEPTION 'credits_block_retired' USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_block_retired';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
-- ;;
CREATE TRIGGER credits_block_retired BEFORE UPDATE OR DELETE ON credits_block
FOR EACH ROW EXECUTE FUNCTION credits_keep_retired();
