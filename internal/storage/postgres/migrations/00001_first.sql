-- +goose Up

-- What a program must know to use these tables. Every migration updates the
-- row; oldest_program moves only when an older program would do harm.
CREATE TABLE schema_info (
    one            INTEGER NOT NULL CHECK (one = 1),
    application    TEXT    NOT NULL,
    version        BIGINT  NOT NULL,
    oldest_program BIGINT  NOT NULL,
    CONSTRAINT schema_info_key PRIMARY KEY (one)
);
INSERT INTO schema_info (one, application, version, oldest_program) VALUES (1, 'entrepot', 1, 1);

-- The key with which secrets and addresses are hashed before they are kept:
-- two random UUIDs, of which 244 bits are random. Whoever looks for a free
-- number of a store locks the row.
CREATE TABLE installation (
    one        INTEGER NOT NULL CHECK (one = 1),
    secret_key BYTEA   NOT NULL CONSTRAINT installation_secret_key CHECK (octet_length(secret_key) = 32),
    CONSTRAINT installation_key PRIMARY KEY (one)
);
INSERT INTO installation (one, secret_key)
VALUES (1, decode(replace(gen_random_uuid()::TEXT || gen_random_uuid()::TEXT, '-', ''), 'hex'));

-- Times are milliseconds since the epoch, UTC. An absent text is NULL.
-- Constraints are named, so that check can miss them.

CREATE TABLE stores (
    number             BIGINT  NOT NULL CONSTRAINT stores_number CHECK (number > 0),
    name               TEXT    NOT NULL,
    test               BOOLEAN NOT NULL,
    state              TEXT    NOT NULL CONSTRAINT stores_state CHECK (state IN ('loading', 'open', 'closed')),
    created_at         BIGINT  NOT NULL,
    cart_needs_secret  BOOLEAN NOT NULL,
    cart_lifetime_ms   BIGINT  NOT NULL CONSTRAINT stores_cart_lifetime CHECK (cart_lifetime_ms > 0),
    domestic_shipping  TEXT    NOT NULL CONSTRAINT stores_domestic_shipping CHECK (domestic_shipping IN ('shipping', 'line')),
    retain_identity_ms BIGINT  NOT NULL CONSTRAINT stores_retain_identity CHECK (retain_identity_ms >= 0), -- 0: for ever
    allowed_origins    TEXT    NOT NULL, -- of the shop's pages, separated by blanks
    older_secret       BYTEA   CONSTRAINT stores_older_secret CHECK (octet_length(older_secret) = 32),
    older_secret_at    BIGINT,
    newer_secret       BYTEA   CONSTRAINT stores_newer_secret CHECK (octet_length(newer_secret) = 32),
    newer_secret_at    BIGINT,
    CONSTRAINT stores_key PRIMARY KEY (number),
    CONSTRAINT stores_older_secret_at CHECK ((older_secret IS NULL) = (older_secret_at IS NULL)),
    CONSTRAINT stores_newer_secret_at CHECK ((newer_secret IS NULL) = (newer_secret_at IS NULL))
);

-- The row that hands out a store's numbers. It is raised in the transaction
-- that inserts the order, and its lock makes numbers visible in order, on
-- every node.
CREATE TABLE order_counters (
    store          BIGINT NOT NULL,
    last_number    BIGINT NOT NULL CONSTRAINT order_counters_last_number CHECK (last_number >= 0),
    last_placed_at BIGINT NOT NULL,
    date_disorder  BIGINT NOT NULL DEFAULT 0 CONSTRAINT order_counters_date_disorder CHECK (date_disorder >= 0),
    CONSTRAINT order_counters_key PRIMARY KEY (store),
    CONSTRAINT order_counters_store FOREIGN KEY (store) REFERENCES stores (number)
) WITH (fillfactor = 50);

-- What was fixed when an order was placed, as opaque bytes, in a table of its
-- own: no list ever reads a page of it.
CREATE TABLE order_documents (
    store  BIGINT  NOT NULL,
    number BIGINT  NOT NULL,
    format INTEGER NOT NULL CONSTRAINT order_documents_format CHECK (format > 0),
    body   BYTEA   NOT NULL,
    crc32c BIGINT  NOT NULL, -- of the body: PostgreSQL may have been told to keep no sums of its own
    CONSTRAINT order_documents_key PRIMARY KEY (store, number)
);

-- What lists need and what changes. There is room in a page for new versions
-- of its rows, which then need no new entries in the indexes.
CREATE TABLE orders (
    store             BIGINT  NOT NULL,
    number            BIGINT  NOT NULL CONSTRAINT orders_number CHECK (number > 0),
    placed_at         BIGINT  NOT NULL,
    test              BOOLEAN NOT NULL,
    identified        BOOLEAN NOT NULL DEFAULT TRUE, -- may say who it was for: until it is erased, and again from the next note or tracking on
    status            TEXT    NOT NULL CONSTRAINT orders_status CHECK (status IN (
        'IGLOBAL_FRAUD_REVIEW', 'IGLOBAL_ORDER_IN_PROCESS', 'IGLOBAL_ORDER_ON_HOLD',
        'IGLOBAL_ORDER_CANCELLED', 'IGLOBAL_LABELS_PROCESSING', 'VENDOR_PREPARING_ORDER',
        'VENDOR_SHIPMENT_READY', 'VENDOR_LABELS_PRINTED_DATE', 'VENDOR_CANCELLATION_REQUEST',
        'VENDOR_END_OF_DAY_COMPLETE')),
    status_at         BIGINT  NOT NULL,
    merchant_order_id TEXT    CONSTRAINT orders_merchant_order_id CHECK (merchant_order_id <> ''),
    resume_status     TEXT    CONSTRAINT orders_resume_status CHECK (resume_status IN (
        'IGLOBAL_FRAUD_REVIEW', 'IGLOBAL_ORDER_IN_PROCESS', 'IGLOBAL_ORDER_ON_HOLD',
        'IGLOBAL_ORDER_CANCELLED', 'IGLOBAL_LABELS_PROCESSING', 'VENDOR_PREPARING_ORDER',
        'VENDOR_SHIPMENT_READY', 'VENDOR_LABELS_PRINTED_DATE', 'VENDOR_CANCELLATION_REQUEST',
        'VENDOR_END_OF_DAY_COMPLETE')),
    reference_id      TEXT    COLLATE "C" CONSTRAINT orders_reference_id CHECK (reference_id <> ''), -- of any length
    tracking          TEXT    CONSTRAINT orders_tracking CHECK (tracking <> ''),
    cart              UUID, -- that it was
    notes             BIGINT  NOT NULL DEFAULT 0 CONSTRAINT orders_notes CHECK (notes >= 0),
    changes           BIGINT  NOT NULL DEFAULT 0 CONSTRAINT orders_changes CHECK (changes >= 0),
    CONSTRAINT orders_key PRIMARY KEY (store, number),
    CONSTRAINT orders_store FOREIGN KEY (store) REFERENCES stores (number),
    CONSTRAINT orders_document FOREIGN KEY (store, number) REFERENCES order_documents (store, number),
    CONSTRAINT orders_resume CHECK ((resume_status IS NOT NULL) =
        (status IN ('IGLOBAL_ORDER_ON_HOLD', 'VENDOR_CANCELLATION_REQUEST')))
) WITH (fillfactor = 80);

-- A cart becomes one order, whatever the program believes.
CREATE UNIQUE INDEX orders_cart ON orders (store, cart) WHERE cart IS NOT NULL;
-- Each of the two holds all that a list of its kind shows.
CREATE INDEX orders_placed ON orders (store, placed_at, number, test);
CREATE INDEX orders_unmerchanted ON orders (store, placed_at, number, test) WHERE merchant_order_id IS NULL;
-- An index takes no text of any length, so it holds how the text begins.
CREATE INDEX orders_reference ON orders (store, left(reference_id, 100), number) WHERE reference_id IS NOT NULL;

CREATE TABLE order_changes (
    store  BIGINT NOT NULL,
    number BIGINT NOT NULL,
    seq    BIGINT NOT NULL CONSTRAINT order_changes_seq CHECK (seq > 0),
    at     BIGINT NOT NULL,
    actor  TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    was    TEXT   NOT NULL,
    became TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    CONSTRAINT order_changes_key PRIMARY KEY (store, number, seq),
    CONSTRAINT order_changes_order FOREIGN KEY (store, number) REFERENCES orders (store, number)
);

CREATE TABLE order_notes (
    store      BIGINT  NOT NULL,
    number     BIGINT  NOT NULL,
    seq        BIGINT  NOT NULL CONSTRAINT order_notes_seq CHECK (seq > 0),
    created_at BIGINT  NOT NULL,
    created_by TEXT    NOT NULL,
    customer   BOOLEAN NOT NULL,
    flagged    BOOLEAN NOT NULL,
    note       TEXT    NOT NULL,
    extra      TEXT    CONSTRAINT order_notes_extra CHECK (extra <> ''), -- keys of the server that it was imported from
    CONSTRAINT order_notes_key PRIMARY KEY (store, number, seq),
    CONSTRAINT order_notes_order FOREIGN KEY (store, number) REFERENCES orders (store, number)
);

-- A shopper's browser brings nothing but the id, so the key does not begin
-- with the store. There is no foreign key to stores: it would lock the store's
-- row for each cart, and no order can come of a cart without a store.
CREATE TABLE carts (
    id         UUID    NOT NULL,
    store      BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    address    BYTEA,                      -- hash of the sender's address; NULL when it showed the secret
    became     BIGINT  NOT NULL DEFAULT 0, -- the order's number; 0 while the cart waits
    format     INTEGER NOT NULL,
    body       BYTEA,                      -- NULL once it has become an order
    CONSTRAINT carts_key PRIMARY KEY (id),
    CONSTRAINT carts_body CHECK ((body IS NULL) = (became <> 0))
);
CREATE INDEX carts_expiry ON carts (expires_at);

-- What waits, per store (address '') and per address at it, kept in the
-- transactions that add and drop carts: counting would cost what is stored.
CREATE TABLE cart_usage (
    store   BIGINT NOT NULL,
    address BYTEA  NOT NULL,
    carts   BIGINT NOT NULL CONSTRAINT cart_usage_carts CHECK (carts >= 0),
    bytes   BIGINT NOT NULL CONSTRAINT cart_usage_bytes CHECK (bytes >= 0),
    CONSTRAINT cart_usage_key PRIMARY KEY (store, address)
) WITH (fillfactor = 50);

-- Which transaction was the last one of each line of each process, so that one
-- whose COMMIT got no answer can be looked up (docs/adr/0013-postgresql.md).
CREATE TABLE commits (
    process UUID   NOT NULL,
    line    BIGINT NOT NULL,
    last    BIGINT NOT NULL,
    CONSTRAINT commits_key PRIMARY KEY (process, line)
) WITH (fillfactor = 50);

-- +goose Down
-- There is no way back: an older program refuses the database instead.
SELECT 1;
