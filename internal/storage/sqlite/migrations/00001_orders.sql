-- +goose Up
PRAGMA application_id = 1701737584; -- "entp"

-- What a program must know to use this file. Every migration updates the row;
-- oldest_program moves only when an older program would do harm.
CREATE TABLE schema_info (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    version        INTEGER NOT NULL,
    oldest_program INTEGER NOT NULL
);
INSERT INTO schema_info (one, version, oldest_program) VALUES (1, 1, 1);

-- The key with which secrets and addresses are hashed before they are kept.
CREATE TABLE installation (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    secret_key BLOB NOT NULL CHECK (length(secret_key) = 32)
);
INSERT INTO installation (one, secret_key) VALUES (1, randomblob(32));

-- Times are milliseconds since the epoch, UTC. An absent text is NULL.

CREATE TABLE stores (
    number              INTEGER PRIMARY KEY CHECK (number > 0),
    name                TEXT    NOT NULL,
    test                INTEGER NOT NULL CHECK (test IN (0, 1)),
    state               TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    created_at          INTEGER NOT NULL,
    cart_needs_secret   INTEGER NOT NULL CHECK (cart_needs_secret IN (0, 1)),
    cart_lifetime_ms    INTEGER NOT NULL CHECK (cart_lifetime_ms > 0),
    domestic_shipping   TEXT    NOT NULL CHECK (domestic_shipping IN ('shipping', 'line')),
    older_secret        BLOB CHECK (length(older_secret) = 32),
    older_secret_at     INTEGER,
    newer_secret        BLOB CHECK (length(newer_secret) = 32),
    newer_secret_at     INTEGER,
    CHECK ((older_secret IS NULL) = (older_secret_at IS NULL)),
    CHECK ((newer_secret IS NULL) = (newer_secret_at IS NULL))
);

-- The row that hands out a store's numbers. It is raised in the transaction
-- that inserts the order, so that numbers become visible in order.
CREATE TABLE order_counters (
    store          INTEGER PRIMARY KEY REFERENCES stores (number),
    last_number    INTEGER NOT NULL CHECK (last_number >= 0),
    last_placed_at INTEGER NOT NULL
);

-- What was fixed when an order was placed, as opaque bytes, in a table of its
-- own: no list ever reads a page of it.
CREATE TABLE order_documents (
    id     INTEGER PRIMARY KEY,
    store  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    format INTEGER NOT NULL CHECK (format > 0),
    body   BLOB    NOT NULL
);

-- What lists need and what changes. Rows are small and lie in the order of
-- their key.
CREATE TABLE orders (
    store             INTEGER NOT NULL REFERENCES stores (number),
    number            INTEGER NOT NULL CHECK (number > 0),
    placed_at         INTEGER NOT NULL,
    test              INTEGER NOT NULL CHECK (test IN (0, 1)),
    status            TEXT    NOT NULL CHECK (status IN (
        'IGLOBAL_FRAUD_REVIEW', 'IGLOBAL_ORDER_IN_PROCESS', 'IGLOBAL_ORDER_ON_HOLD',
        'IGLOBAL_ORDER_CANCELLED', 'IGLOBAL_LABELS_PROCESSING', 'VENDOR_PREPARING_ORDER',
        'VENDOR_SHIPMENT_READY', 'VENDOR_LABELS_PRINTED_DATE', 'VENDOR_CANCELLATION_REQUEST',
        'VENDOR_END_OF_DAY_COMPLETE')),
    status_at         INTEGER NOT NULL,
    merchant_order_id TEXT CHECK (merchant_order_id <> ''),
    resume_status     TEXT,
    reference_id      TEXT CHECK (reference_id <> ''),
    tracking          TEXT CHECK (tracking <> ''),
    cart              BLOB CHECK (length(cart) = 16), -- the UUID of the cart that it was
    notes             INTEGER NOT NULL DEFAULT 0,
    changes           INTEGER NOT NULL DEFAULT 0,
    document          INTEGER NOT NULL REFERENCES order_documents (id),
    PRIMARY KEY (store, number),
    CHECK ((resume_status IS NOT NULL) =
           (status IN ('IGLOBAL_ORDER_ON_HOLD', 'VENDOR_CANCELLATION_REQUEST')))
) WITHOUT ROWID;

-- A cart becomes one order, whatever the program believes.
CREATE UNIQUE INDEX orders_cart ON orders (store, cart) WHERE cart IS NOT NULL;
CREATE UNIQUE INDEX orders_document ON orders (document);
-- Each of the two holds all that a list of its kind shows.
CREATE INDEX orders_placed ON orders (store, placed_at, number, test);
CREATE INDEX orders_unmerchanted ON orders (store, placed_at, number, test, merchant_order_id) WHERE merchant_order_id IS NULL;
CREATE INDEX orders_reference ON orders (store, reference_id, number) WHERE reference_id IS NOT NULL;

CREATE TABLE order_changes (
    store   INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    seq     INTEGER NOT NULL CHECK (seq > 0),
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    was     TEXT    NOT NULL,
    became  TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    PRIMARY KEY (store, number, seq),
    FOREIGN KEY (store, number) REFERENCES orders (store, number)
) WITHOUT ROWID;

CREATE TABLE order_notes (
    store      INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    seq        INTEGER NOT NULL CHECK (seq > 0),
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    customer   INTEGER NOT NULL CHECK (customer IN (0, 1)),
    flagged    INTEGER NOT NULL CHECK (flagged IN (0, 1)),
    note       TEXT    NOT NULL,
    PRIMARY KEY (store, number, seq),
    FOREIGN KEY (store, number) REFERENCES orders (store, number)
) WITHOUT ROWID;

CREATE TABLE carts (
    id         BLOB    PRIMARY KEY CHECK (length(id) = 16), -- a UUID
    store      INTEGER NOT NULL REFERENCES stores (number),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address    BLOB,                        -- hash of the sender's address; NULL when it showed the secret
    became     INTEGER NOT NULL DEFAULT 0,  -- the order's number; 0 while the cart waits
    format     INTEGER NOT NULL,
    body       BLOB                         -- NULL once it has become an order
);
CREATE INDEX carts_expiry ON carts (expires_at);

-- What waits, per store (address '') and per address at it, kept in the
-- transactions that add and drop carts: counting would cost what is stored.
CREATE TABLE cart_usage (
    store   INTEGER NOT NULL,
    address BLOB    NOT NULL,
    carts   INTEGER NOT NULL CHECK (carts >= 0),
    bytes   INTEGER NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (store, address)
) WITHOUT ROWID;

-- +goose Down
-- There is no way back: an older program refuses the file instead.
SELECT 1;
