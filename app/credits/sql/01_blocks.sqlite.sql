-- Serials and who holds them. The application inserts moves; the trigger on them is the only writer of blocks. The writer holds
-- the file, so nothing has to be locked.
INSERT INTO credits_serial_space (id, next_serial) VALUES (1, 1);
-- ;;
-- Serials only ever go up: a number that was handed out is not handed out again.
CREATE TRIGGER credits_serial_space_forward BEFORE UPDATE ON credits_serial_space WHEN NEW.next_serial <= OLD.next_serial
BEGIN
    SELECT RAISE(ABORT, 'credits_serial_space_forward');
END
-- ;;
CREATE TRIGGER credits_serial_space_kept BEFORE DELETE ON credits_serial_space
BEGIN
    SELECT RAISE(ABORT, 'credits_serial_space_forward');
END
-- ;;
-- A serial stands in one batch. Only the neighbours can overlap what comes between them.
CREATE TRIGGER credits_batch_no_overlap BEFORE INSERT ON credits_batch
BEGIN
    SELECT RAISE(ABORT, 'credits_batch_no_overlap') FROM (
        SELECT last FROM credits_batch WHERE first <= NEW.first ORDER BY first DESC LIMIT 1
    ) WHERE last >= NEW.first;
    SELECT RAISE(ABORT, 'credits_batch_no_overlap') FROM (
        SELECT first FROM credits_batch WHERE first >= NEW.first ORDER BY first LIMIT 1
    ) WHERE first <= NEW.last;
END
-- ;;
-- A serial stands in one block, which lies inside its batch.
CREATE TRIGGER credits_block_no_overlap BEFORE INSERT ON credits_block
BEGIN
    SELECT RAISE(ABORT, 'credits_block_in_batch') WHERE NOT EXISTS (
        SELECT 1 FROM credits_batch WHERE id = NEW.batch_id AND first <= NEW.first AND last >= NEW.last
    );
    SELECT RAISE(ABORT, 'credits_block_no_overlap') FROM (
        SELECT last FROM credits_block WHERE batch_id = NEW.batch_id AND first <= NEW.first ORDER BY first DESC LIMIT 1
    ) WHERE last >= NEW.first;
    SELECT RAISE(ABORT, 'credits_block_no_overlap') FROM (
        SELECT first FROM credits_block WHERE batch_id = NEW.batch_id AND first >= NEW.first ORDER BY first LIMIT 1
    ) WHERE first <= NEW.last;
END
-- ;;
-- Blocks are taken away and made anew, never changed.
CREATE TRIGGER credits_block_unchanged BEFORE UPDATE ON credits_block
BEGIN
    SELECT RAISE(ABORT, 'credits_block_retired') FROM ledger_account WHERE id = OLD.account_id AND purpose = 'retired';
    SELECT RAISE(ABORT, 'credits_block_unchanged');
END
-- ;;
-- Says again, whoever writes: a block on the account of the retired is never touched.
CREATE TRIGGER credits_block_retired BEFORE DELETE ON credits_block
BEGIN
    SELECT RAISE(ABORT, 'credits_block_retired') FROM ledger_account WHERE id = OLD.account_id AND purpose = 'retired';
END
-- ;;
CREATE TRIGGER credits_block_move_apply AFTER INSERT ON credits_block_move
BEGIN
    SELECT RAISE(ABORT, 'credits_block_move_transfer') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_transfer transfer JOIN credits_batch batch ON batch.asset_id = transfer.asset_id
        WHERE transfer.id = NEW.transfer_id AND transfer.kind IN ('move', 'post')
            AND transfer.debit_account = NEW.from_account AND transfer.credit_account = NEW.to_account
            AND batch.first <= NEW.first AND batch.last >= NEW.last
    );
    SELECT RAISE(ABORT, 'credits_block_move_amount') FROM ledger_transfer
    WHERE id = NEW.transfer_id
        AND amount < (SELECT sum(last - first + 1) FROM credits_block_move WHERE transfer_id = NEW.transfer_id);
    -- What is retired stays retired, and nothing goes back to before it was issued.
    SELECT RAISE(ABORT, 'credits_block_move_retired') FROM ledger_account WHERE id = NEW.from_account AND purpose = 'retired';
    SELECT RAISE(ABORT, 'credits_block_move_issued')
    FROM ledger_account payer JOIN ledger_account payee ON payee.id = NEW.to_account
    WHERE payer.id = NEW.from_account
        AND (payee.purpose = 'issuer' OR (payer.purpose = 'issuer') <> (NEW.from_first IS NULL));
    DELETE FROM credits_block
    WHERE batch_id = (
            SELECT batch.id FROM ledger_transfer transfer JOIN credits_batch batch ON batch.asset_id = transfer.asset_id
            WHERE transfer.id = NEW.transfer_id
        )
        AND first = NEW.from_first AND last = NEW.from_last AND account_id = NEW.from_account
        AND transfer_id = NEW.from_transfer_id;
    SELECT RAISE(ABORT, 'credits_block_move_block') WHERE NEW.from_first IS NOT NULL AND changes() <> 1;
    INSERT INTO credits_block (batch_id, first, last, account_id, transfer_id)
    SELECT batch.id, NEW.first, NEW.last, NEW.to_account, NEW.transfer_id
    FROM ledger_transfer transfer JOIN credits_batch batch ON batch.asset_id = transfer.asset_id
    WHERE transfer.id = NEW.transfer_id;
    -- What is left of the block, before and behind.
    INSERT INTO credits_block (batch_id, first, last, account_id, transfer_id)
    SELECT batch.id, NEW.from_first, NEW.first - 1, NEW.from_account, NEW.from_transfer_id
    FROM ledger_transfer transfer JOIN credits_batch batch ON batch.asset_id = transfer.asset_id
    WHERE transfer.id = NEW.transfer_id AND NEW.from_first < NEW.first;
    INSERT INTO credits_block (batch_id, first, last, account_id, transfer_id)
    SELECT batch.id, NEW.last + 1, NEW.from_last, NEW.from_account, NEW.from_transfer_id
    FROM ledger_transfer transfer JOIN credits_batch batch ON batch.asset_id = transfer.asset_id
    WHERE transfer.id = NEW.transfer_id AND NEW.from_last > NEW.last;
END
