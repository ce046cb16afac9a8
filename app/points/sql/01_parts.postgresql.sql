-- A part is born with what its award says, and then only its state moves on, along the lines below.
CREATE OR REPLACE FUNCTION points_part_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (
            SELECT 1 FROM points_award award WHERE award.id = NEW.award_id AND award.person_id = NEW.person_id
            AND NEW.points = CASE NEW.kind WHEN 'later' THEN award.points_later ELSE award.points_now END
        ) OR NEW.state <> (CASE NEW.kind WHEN 'later' THEN 'waiting_result' ELSE 'decided' END) THEN
            RAISE EXCEPTION 'points_part_of_its_award' USING ERRCODE = 'LT002', CONSTRAINT = 'points_part_of_its_award';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.award_id <> OLD.award_id OR NEW.kind <> OLD.kind OR NEW.person_id <> OLD.person_id
        OR (NEW.points <> OLD.points AND (OLD.state <> 'waiting_result' OR NEW.points > OLD.points))
        OR (OLD.posted_at IS NOT NULL AND (
            NEW.posted_at IS DISTINCT FROM OLD.posted_at OR NEW.transfer_id IS DISTINCT FROM OLD.transfer_id
            OR NEW.repayment_id IS DISTINCT FROM OLD.repayment_id OR NEW.repaid_points <> OLD.repaid_points
        ))
        OR (OLD.posted_at IS NULL AND NEW.posted_at IS NOT NULL AND NEW.state <> 'posted')
    THEN
        RAISE EXCEPTION 'points_part_kept' USING ERRCODE = 'LT002', CONSTRAINT = 'points_part_kept';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('waiting_result', 'decided'), ('waiting_result', 'forfeited'), ('waiting_result', 'reversed'),
        ('decided', 'posted'), ('decided', 'waiting_budget'), ('decided', 'reversed'),
        ('waiting_budget', 'posted'), ('waiting_budget', 'reversed'),
        ('posted', 'reversed')
    ) THEN
        RAISE EXCEPTION 'points_part_state' USING ERRCODE = 'LT002', CONSTRAINT = 'points_part_state';
    END IF;
    RETURN NEW;
END $$
-- ;;
CREATE TRIGGER points_part_guard BEFORE INSERT OR UPDATE OR DELETE ON points_part
FOR EACH ROW EXECUTE FUNCTION points_part_guard()
