-- Points and the days on which they expire. A lot is due when `expires_on` is not after the civil day of the transfer; due points
-- can only expire. A spend takes the earliest lots behind those that are due, as if the expiry run had never been late.
CREATE OR REPLACE FUNCTION ledger_due(account uuid, at timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(remaining), 0)::bigint FROM ledger_lot
    WHERE account_id = account AND expires_on <= (at AT TIME ZONE 'Asia/Shanghai')::date
$$;
-- ;;
-- Takes `amount` from the earliest lots after leaving the first `leave` points, and returns {day: points taken}.
CREATE OR REPLACE FUNCTION ledger_spend_lots(account uuid, leave bigint, amount bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    lot ledger_lot;
    part bigint;
    taken jsonb := '{}';
BEGIN
    FOR lot IN SELECT * FROM ledger_lot WHERE account_id = account ORDER BY expires_on LOOP
        IF leave >= lot.remaining THEN
            leave := leave - lot.remaining;
            CONTINUE;
        END IF;
        part := least(lot.remaining - leave, amount);
        leave := 0;
        IF part = lot.remaining THEN
            DELETE FROM ledger_lot WHERE account_id = account AND expires_on = lot.expires_on;
        ELSE
            UPDATE ledger_lot SET remaining = remaining - part WHERE account_id = account AND expires_on = lot.expires_on;
        END IF;
        taken := taken || jsonb_build_object(lot.expires_on::text, part);
        amount := amount - part;
        EXIT WHEN amount = 0;
    END LOOP;
    IF amount > 0 THEN
        RAISE EXCEPTION 'ledger_lot_short' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_lot_short';
    END IF;
    RETURN taken;
END $$;
-- ;;
-- Adds to the lot of a day. Days are the first of a month, so an account has a dozen lots or two, not hundreds.
CREATE OR REPLACE FUNCTION ledger_grant_lot(account uuid, day date, amount bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF extract(day FROM day) <> 1 THEN
        RAISE EXCEPTION 'ledger_lot_month' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_lot_month';
    END IF;
    INSERT INTO ledger_lot AS lot (account_id, expires_on, remaining) VALUES (account, day, amount)
    ON CONFLICT (account_id, expires_on) DO UPDATE SET remaining = lot.remaining + excluded.remaining;
END $$;
-- ;;
REVOKE ALL ON FUNCTION ledger_due(uuid, timestamptz), ledger_spend_lots(uuid, bigint, bigint), ledger_grant_lot(uuid, date, bigint)
FROM PUBLIC;
