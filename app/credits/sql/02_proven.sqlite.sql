-- What a row of this room claims is there: the approval of a second person, or the serials of a retirement. Projects, batches and
-- prices come out of an approved proposal of the right kind.
CREATE TRIGGER credits_project_approved BEFORE INSERT ON credits_project
BEGIN
    SELECT RAISE(ABORT, 'credits_project_approved') WHERE NOT EXISTS (
        SELECT 1 FROM approvals_proposal WHERE id = NEW.approval_id AND state = 'approved' AND kind = 'credits.project'
    );
END
-- ;;
CREATE TRIGGER credits_batch_approved BEFORE INSERT ON credits_batch
BEGIN
    SELECT RAISE(ABORT, 'credits_batch_approved') WHERE NOT EXISTS (
        SELECT 1 FROM approvals_proposal WHERE id = NEW.approval_id AND state = 'approved' AND kind = 'credits.batch_issue'
    );
END
-- ;;
CREATE TRIGGER credits_price_approved BEFORE INSERT ON credits_price
BEGIN
    SELECT RAISE(ABORT, 'credits_price_approved') WHERE NOT EXISTS (
        SELECT 1 FROM approvals_proposal
        WHERE id = NEW.approval_id AND state = 'approved' AND kind IN ('credits.batch_issue', 'credits.price')
    );
END
-- ;;
-- The two accounts that a batch names are its own: one to sell from, one for the retired.
CREATE TRIGGER credits_batch_accounts BEFORE INSERT ON credits_batch
BEGIN
    SELECT RAISE(ABORT, 'credits_batch_accounts') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_account sale JOIN ledger_account retired ON retired.id = NEW.retired_account_id
        WHERE sale.id = NEW.sale_account_id
            AND (sale.asset_id, sale.owner_kind, sale.owner_id, sale.purpose)
                = (NEW.asset_id, 'project', NEW.project_id, 'holding')
            AND (retired.asset_id, retired.owner_kind, retired.owner_id, retired.purpose)
                = (NEW.asset_id, 'batch', NEW.id, 'retired')
    );
END
-- ;;
-- A retirement stands on a transfer to the retired of its batch, of as much, all of it in serials.
CREATE TRIGGER credits_retirement_backed BEFORE INSERT ON credits_retirement
BEGIN
    SELECT RAISE(ABORT, 'credits_retirement_backed') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_transfer transfer JOIN credits_batch batch ON batch.asset_id = transfer.asset_id
        WHERE transfer.id = NEW.transfer_id AND transfer.kind IN ('move', 'post') AND transfer.amount = NEW.kg
            AND batch.id = NEW.batch_id AND transfer.credit_account = batch.retired_account_id
            AND NEW.kg = (SELECT sum(last - first + 1) FROM credits_block_move WHERE transfer_id = NEW.transfer_id)
    );
END
-- ;;
-- A proof of cancellation is given once.
CREATE TRIGGER credits_cancellation_kept BEFORE UPDATE ON credits_cancellation WHEN OLD.proved_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'credits_cancellation_kept');
END
