-- What a row of this room claims is there: the approval of a second person, or the serials of a retirement. Projects, batches and
-- prices come out of an approved proposal of the right kind; the kinds are the trigger's arguments.
CREATE OR REPLACE FUNCTION credits_check_approved() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM approvals_proposal WHERE id = NEW.approval_id AND state = 'approved' AND kind = ANY (TG_ARGV)
    ) THEN
        RAISE EXCEPTION '%_approved', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_approved';
    END IF;
    RETURN NEW;
END $$;
-- ;;
CREATE TRIGGER credits_project_approved BEFORE INSERT ON credits_project
FOR EACH ROW EXECUTE FUNCTION credits_check_approved('credits.project');
-- ;;
CREATE TRIGGER credits_batch_approved BEFORE INSERT ON credits_batch
FOR EACH ROW EXECUTE FUNCTION credits_check_approved('credits.batch_issue');
-- ;;
CREATE TRIGGER credits_price_approved BEFORE INSERT ON credits_price
FOR EACH ROW EXECUTE FUNCTION credits_check_approved('credits.batch_issue', 'credits.price');
-- ;;
-- The two accounts that a batch names are its own: one to sell from, one for the retired.
CREATE OR REPLACE FUNCTION credits_check_batch_accounts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_account sale JOIN ledger_account retired ON retired.id = NEW.retired_account_id
        WHERE sale.id = NEW.sale_account_id
            AND (sale.asset_id, sale.owner_kind, sale.owner_id, sale.purpose)
                = (NEW.asset_id, 'project', NEW.project_id, 'holding')
            AND (retired.asset_id, retired.owner_kind, retired.owner_id, retired.purpose)
                = (NEW.asset_id, 'batch', NEW.id, 'retired')
    ) THEN
        RAISE EXCEPTION 'credits_batch_accounts'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_batch_accounts';
    END IF;
    RETURN NEW;
END $$;
-- ;;
CREATE TRIGGER credits_batch_accounts BEFORE INSERT ON credits_batch
FOR EACH ROW EXECUTE FUNCTION credits_check_batch_accounts();
-- ;;
-- A retirement stands on a transfer to the retired of its batch, of as much, all of it in serials.
CREATE OR REPLACE FUNCTION credits_check_retirement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_transfer transfer JOIN credits_batch batch ON batch.asset_id = transfer.asset_id
        WHERE transfer.id = NEW.transfer_id AND transfer.kind IN ('move', 'post') AND transfer.amount = NEW.kg
            AND batch.id = NEW.batch_id AND transfer.credit_account = batch.retired_account_id
            AND NEW.kg = (SELECT sum(last - first + 1) FROM credits_block_move WHERE transfer_id = NEW.transfer_id)
    ) THEN
        RAISE EXCEPTION 'credits_retirement_backed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_retirement_backed';
    END IF;
    RETURN NEW;
END $$;
-- ;;
CREATE TRIGGER credits_retirement_backed BEFORE INSERT ON credits_retirement
FOR EACH ROW EXECUTE FUNCTION credits_check_retirement();
-- ;;
-- A proof of cancellation is given once.
CREATE OR REPLACE FUNCTION credits_keep_proof() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF OLD.proved_at IS NOT NULL THEN
        RAISE EXCEPTION 'credits_cancellation_kept'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_cancellation_kept';
    END IF;
    RETURN NEW;
END $$;
-- ;;
CREATE TRIGGER credits_cancellation_kept BEFORE UPDATE ON credits_cancellation
FOR EACH ROW EXECUTE FUNCTION credits_keep_proof();
