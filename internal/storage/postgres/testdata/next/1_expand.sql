-- +goose Up
-- Adds what the next program writes. The program before knows nothing of it,
-- and may go on.
UPDATE schema_info SET version = $version;

ALTER TABLE orders ADD COLUMN channel TEXT CONSTRAINT orders_channel CHECK (channel IN ('web', 'till'));

CREATE TABLE order_channels (
    store   BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    channel TEXT   NOT NULL,
    CONSTRAINT order_channels_key PRIMARY KEY (store, number),
    CONSTRAINT order_channels_order FOREIGN KEY (store, number) REFERENCES orders (store, number)
);

-- +goose Down
SELECT 1;
