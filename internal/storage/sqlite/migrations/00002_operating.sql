-- +goose Up
-- What operating needs: stores that are being loaded, retention and erasing,
-- keys of other servers, and a sum over each document.
UPDATE schema_info SET version = 2, oldest_program = 2;

ALTER TABLE installation ADD COLUMN scrub_owed INTEGER NOT NULL DEFAULT 0; -- orders that were erased since the files were last scrubbed

-- A CHECK cannot be altered; the table is made anew. Migrations run with
-- foreign keys unenforced, so the rows that refer to it stay.
CREATE TABLE stores_2 (
    number              INTEGER PRIMARY KEY CHECK (number > 0),
    name                TEXT    NOT NULL,
    test                INTEGER NOT NULL CHECK (test IN (0, 1)),
    state               TEXT    NOT NULL CHECK (state IN ('loading', 'open', 'closed')),
    created_at          INTEGER NOT NULL,
    cart_needs_secret   INTEGER NOT NULL CHECK (cart_needs_secret IN (0, 1)),
    cart_lifetime_ms    INTEGER NOT NULL CHECK (cart_lifetime_ms > 0),
    domestic_shipping   TEXT    NOT NULL CHECK (domestic_shipping IN ('shipping', 'line')),
    retain_identity_ms  INTEGER NOT NULL DEFAULT 0 CHECK (retain_identity_ms >= 0), -- 0: for ever
    allowed_origins     TEXT    NOT NULL DEFAULT '', -- of the shop's pages, separated by blanks
    older_secret        BLOB CHECK (length(older_secret) = 32),
    older_secret_at     INTEGER,
    newer_secret        BLOB CHECK (length(newer_secret) = 32),
    newer_secret_at     INTEGER,
    CHECK ((older_secret IS NULL) = (older_secret_at IS NULL)),
    CHECK ((newer_secret IS NULL) = (newer_secret_at IS NULL))
);
INSERT INTO stores_2 (number, name, test, state, created_at, cart_needs_secret, cart_lifetime_ms, domestic_shipping,
                      older_secret, older_secret_at, newer_secret, newer_secret_at)
SELECT number, name, test, state, created_at, cart_needs_secret, cart_lifetime_ms, domestic_shipping,
       older_secret, older_secret_at, newer_secret, newer_secret_at FROM stores;
DROP TABLE stores;
ALTER TABLE stores_2 RENAME TO stores;

-- By how much an order's date may lie before that of an order with a lower
-- number: more than 0 only where orders were imported.
ALTER TABLE order_counters ADD COLUMN date_disorder INTEGER NOT NULL DEFAULT 0 CHECK (date_disorder >= 0);

-- Of the body, so that check sees a flipped bit.
ALTER TABLE order_documents ADD COLUMN crc32c INTEGER NOT NULL DEFAULT 0;
UPDATE order_documents SET crc32c = crc32c(body);

-- 1 while it may say who it was for: until it is erased, and again from the next note or tracking on.
ALTER TABLE orders ADD COLUMN identified INTEGER NOT NULL DEFAULT 1 CHECK (identified IN (0, 1));

ALTER TABLE order_notes ADD COLUMN extra TEXT CHECK (extra <> ''); -- keys of the server that it was imported from

-- +goose Down
-- There is no way back: an older program refuses the file instead.
SELECT 1;
