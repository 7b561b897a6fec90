-- +goose Up
-- Takes away what only the program before needed.
UPDATE schema_info SET version = $version;

ALTER TABLE orders ALTER COLUMN channel SET NOT NULL;

-- +goose Down
SELECT 1;
