-- Opening an account makes its balance rows. `json_each` counts the buckets; ledger_purpose allows 64.
CREATE TRIGGER ledger_account_open AFTER INSERT ON ledger_account
BEGIN
    INSERT INTO ledger_balance (account_id, bucket, asset_id, posted, held, version, floor, lot_rule)
    SELECT NEW.id, number.value, NEW.asset_id, 0, 0, 0, purpose.floor, purpose.lot_rule
    FROM ledger_asset asset
    JOIN ledger_purpose purpose
        ON purpose.asset_kind = asset.kind AND purpose.owner_kind = NEW.owner_kind AND purpose.purpose = NEW.purpose
    JOIN json_each('[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,'
        || '40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63]') number
        ON number.value < purpose.buckets
    WHERE asset.id = NEW.asset_id;
    SELECT RAISE(ABORT, 'ledger_account_purpose') WHERE changes() = 0;
END
