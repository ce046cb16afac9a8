-- The accounts there can be. An account of any other owner and purpose is refused; what follows for its balances stands here.
-- Sign: posted = credits - debits. Issuers and clearing accounts run below zero, so they have no floor.
INSERT INTO ledger_purpose (asset_kind, owner_kind, purpose, floor, buckets, lot_rule) VALUES
    ('points', 'resident', 'points', 0, 1, 'keeps'),
    ('points', 'resident', 'debt', NULL, 1, 'none'),      -- Below zero by what the next grants repay.
    ('points', 'city', 'issuer', NULL, 8, 'none'),
    ('points', 'city', 'expiry', NULL, 8, 'expires'),
    ('points', 'city', 'redeemed', NULL, 8, 'none'),
    ('co2e_kg', 'batch', 'issuer', NULL, 1, 'none'),
    ('co2e_kg', 'batch', 'retired', 0, 1, 'none'),
    ('co2e_kg', 'project', 'holding', 0, 1, 'none'),
    ('co2e_kg', 'agency', 'holding', 0, 1, 'none'),
    ('co2e_kg', 'organisation', 'holding', 0, 1, 'none'),
    ('co2e_kg', 'household', 'holding', 0, 1, 'none'),
    ('co2e_kg', 'resident', 'holding', 0, 1, 'none'),
    ('co2e_kg', 'city', 'buffer', 0, 1, 'none'),
    -- Money is receivables and payables, never a wallet.
    ('cny_fen', 'city', 'clearing', NULL, 8, 'none'),     -- What payment providers hold for payees.
    ('cny_fen', 'city', 'bank_clearing', NULL, 8, 'none'),
    ('cny_fen', 'payment', 'suspense', 0, 1, 'none'),     -- Paid, and not yet claimed by the purpose's room.
    ('cny_fen', 'payment', 'refund_due', 0, 1, 'none'),
    ('cny_fen', 'payee', 'payable', NULL, 1, 'none'),     -- Below zero when a refund follows a payout.
    ('cny_fen', 'payee', 'adoption_fund', 0, 1, 'none'),
    ('cny_fen', 'city', 'fees', NULL, 8, 'none'),
    ('cny_fen', 'city', 'dispute_loss', NULL, 8, 'none');
