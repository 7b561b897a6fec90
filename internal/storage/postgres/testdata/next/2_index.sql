-- +goose NO TRANSACTION
-- +goose Up
-- Nobody waits for it; it waits for those who were there before.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS orders_by_channel;
CREATE INDEX CONCURRENTLY orders_by_channel ON orders (store, channel, number);
RESET lock_timeout;
UPDATE schema_info SET version = $version;

-- +goose Down
SELECT 1;
