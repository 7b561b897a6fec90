-- +goose Up
-- Fills in what the program before has left out. It is a migration of its own:
-- rows that are locked here would be waited for by those whom the next one
-- waits for.
UPDATE schema_info SET version = $version, oldest_program = $next;

UPDATE orders SET channel = 'till' WHERE channel IS NULL;

-- +goose Down
SELECT 1;
