-- +goose Up

-- What a program must know to use these tables. Every migration updates the
-- row; oldest_program moves only when an older program would do harm.
CREATE TABLE entrepot_schema_info (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    application    TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    oldest_program INTEGER NOT NULL
) STRICT;
INSERT INTO entrepot_schema_info (one, application, version, oldest_program) VALUES (1, 'entrepot sync', 1, 1);

-- docs/sync-tables.md says what each column is. Times are ISO 8601 in UTC with
-- milliseconds; amounts are decimals as text, so that they are exact.

-- One row for each store: how far it is, and which daemon may write for it.
CREATE TABLE entrepot_sync (
    store            INTEGER PRIMARY KEY CHECK (store > 0),
    holder           TEXT    NOT NULL DEFAULT '',
    held_since       TEXT,
    cursor_number    INTEGER NOT NULL DEFAULT 0 CHECK (cursor_number >= 0),
    cursor_placed_at TEXT,
    last_seq         INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    writes           INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE entrepot_orders (
    store                  INTEGER NOT NULL CHECK (store > 0),
    number                 INTEGER NOT NULL CHECK (number > 0),
    order_id               TEXT    NOT NULL CHECK (order_id = store || '-' || number),
    standing               TEXT    NOT NULL CHECK (standing IN ('ready', 'held', 'cancelled')),
    test                   INTEGER NOT NULL CHECK (test IN (0, 1)),
    status                 TEXT    NOT NULL,
    status_at              TEXT,
    placed_at              TEXT,
    merchant_order_id      TEXT,
    reference_id           TEXT,
    po_number              TEXT,
    ship_name              TEXT,
    ship_company           TEXT,
    ship_email             TEXT,
    ship_phone             TEXT,
    ship_address1          TEXT,
    ship_address2          TEXT,
    ship_address3          TEXT,
    ship_city              TEXT,
    ship_state             TEXT,
    ship_zip               TEXT,
    ship_country_code      TEXT,
    ship_complete          INTEGER NOT NULL CHECK (ship_complete IN (0, 1)),
    csl_list_match         INTEGER NOT NULL CHECK (csl_list_match IN (0, 1)),
    shipping_name          TEXT,
    shipping_service       TEXT,
    tracking               TEXT,
    items_count            INTEGER NOT NULL,
    currency               TEXT,
    items_total            TEXT,
    items_total_foreign    TEXT,
    shipping_total         TEXT,
    shipping_total_foreign TEXT,
    duty_taxes_total       TEXT,
    grand_total            TEXT,
    grand_total_foreign    TEXT,
    remittance_amount      TEXT,
    promo_code             TEXT,
    promo_amount           TEXT,
    imported_at            TEXT    NOT NULL,
    changed_at             TEXT    NOT NULL,
    checks                 INTEGER NOT NULL CHECK (checks >= 0),
    check_at               TEXT,
    digest                 BLOB    NOT NULL CHECK (length(digest) = 32),
    document               TEXT    NOT NULL, -- last: what comes before it is read without it
    PRIMARY KEY (store, number)
) STRICT;
CREATE INDEX entrepot_orders_placed ON entrepot_orders (store, placed_at, number);
CREATE INDEX entrepot_orders_check ON entrepot_orders (store, check_at, number) WHERE check_at IS NOT NULL;
CREATE INDEX entrepot_orders_standing ON entrepot_orders (store, standing, test, number);

CREATE TABLE entrepot_order_items (
    store             INTEGER NOT NULL,
    number            INTEGER NOT NULL,
    line              INTEGER NOT NULL CHECK (line > 0),
    description       TEXT,
    quantity          INTEGER NOT NULL,
    unit_price        TEXT,
    product_id        TEXT,
    sku               TEXT,
    length            TEXT,
    width             TEXT,
    height            TEXT,
    weight            TEXT,
    weight_units      TEXT,
    non_shippable     INTEGER NOT NULL CHECK (non_shippable IN (0, 1)),
    country_of_origin TEXT,
    hs_code           TEXT,
    brand             TEXT,
    category          TEXT,
    color             TEXT,
    customization     TEXT,
    status            TEXT,
    PRIMARY KEY (store, number, line),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE entrepot_order_notes (
    store         INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    line          INTEGER NOT NULL CHECK (line > 0),
    created_by    TEXT,
    created_at    TEXT,
    customer_note INTEGER NOT NULL CHECK (customer_note IN (0, 1)),
    flagged       INTEGER NOT NULL CHECK (flagged IN (0, 1)),
    note          TEXT,
    PRIMARY KEY (store, number, line),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE entrepot_order_tracking (
    store           INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    line            INTEGER NOT NULL CHECK (line > 0),
    tracking_number TEXT    NOT NULL,
    PRIMARY KEY (store, number, line),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE entrepot_order_statuses (
    store     INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    seq       INTEGER NOT NULL CHECK (seq > 0),
    status    TEXT    NOT NULL,
    status_at TEXT,
    seen_at   TEXT    NOT NULL,
    PRIMARY KEY (store, number, seq),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE entrepot_changes (
    store      INTEGER NOT NULL,
    seq        INTEGER NOT NULL CHECK (seq > 0),
    number     INTEGER NOT NULL,
    order_id   TEXT    NOT NULL CHECK (order_id = store || '-' || number),
    kind       TEXT    NOT NULL CHECK (kind IN ('imported', 'held', 'released', 'cancelled', 'updated')),
    standing   TEXT    NOT NULL CHECK (standing IN ('ready', 'held', 'cancelled')),
    status     TEXT    NOT NULL,
    test       INTEGER NOT NULL CHECK (test IN (0, 1)),
    written_at TEXT    NOT NULL,
    document   TEXT    NOT NULL,
    PRIMARY KEY (store, seq),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
) STRICT;
CREATE INDEX entrepot_changes_order ON entrepot_changes (store, number, seq);

-- The shop inserts order_id, kind and value; all else is the daemon's.
CREATE TABLE entrepot_reports (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    state    TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'taken', 'refused')),
    reason   TEXT,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    made_at  TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    retry_at TEXT,
    store    INTEGER, -- these two of order_id, by the trigger below
    number   INTEGER,
    added_by INTEGER, -- the store whose daemon added it; NULL for the shop's own
    key      TEXT,
    UNIQUE (added_by, key)
) STRICT;
CREATE INDEX entrepot_reports_order ON entrepot_reports (store, number, id) WHERE state = 'pending';
CREATE INDEX entrepot_reports_state ON entrepot_reports (store, state, id);

-- What can be no report is refused at once, with the reason in its row.
-- +goose StatementBegin
CREATE TRIGGER entrepot_reports_take AFTER INSERT ON entrepot_reports
BEGIN
    UPDATE entrepot_reports SET
        store  = CAST(substr(trim(order_id), 1, instr(trim(order_id), '-') - 1) AS INTEGER),
        number = CAST(substr(trim(order_id), instr(trim(order_id), '-') + 1) AS INTEGER)
    WHERE id = NEW.id
        AND trim(order_id) GLOB '[1-9]*-[1-9]*'
        AND trim(order_id) NOT GLOB '*[^0-9-]*'
        AND trim(order_id) NOT GLOB '*-*-*'
        AND instr(trim(order_id), '-') <= 19
        AND length(trim(order_id)) - instr(trim(order_id), '-') <= 18;
    UPDATE entrepot_reports SET state = 'refused', reason = 'order_id is not the id of an order, such as 999-99999'
    WHERE id = NEW.id AND number IS NULL;
    UPDATE entrepot_reports SET state = 'refused', reason = 'no daemon syncs the store ' || store || ' into this database', store = NULL
    WHERE id = NEW.id AND store NOT IN (SELECT store FROM entrepot_sync);
    UPDATE entrepot_reports SET order_id = store || '-' || number
    WHERE id = NEW.id AND store IS NOT NULL;
    UPDATE entrepot_reports SET state = 'refused', reason = 'kind is none of merchant_order_id, status, tracking'
    WHERE id = NEW.id AND state = 'pending' AND kind NOT IN ('merchant_order_id', 'status', 'tracking');
    UPDATE entrepot_reports SET state = 'refused', reason = 'value is empty'
    WHERE id = NEW.id AND state = 'pending' AND trim(value) = '';
END;
-- +goose StatementEnd

CREATE TABLE entrepot_troubles (
    store    INTEGER NOT NULL CHECK (store > 0),
    number   INTEGER NOT NULL CHECK (number > 0),
    reason   TEXT    NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    since    TEXT    NOT NULL,
    retry_at TEXT,
    PRIMARY KEY (store, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE entrepot_destinations (
    store       INTEGER NOT NULL CHECK (store > 0),
    destination TEXT    NOT NULL CHECK (destination <> '' AND length(destination) <= 200),
    position    INTEGER NOT NULL CHECK (position >= 0),
    PRIMARY KEY (store, destination)
) STRICT, WITHOUT ROWID;

CREATE TABLE entrepot_deliveries (
    store       INTEGER NOT NULL,
    destination TEXT    NOT NULL CHECK (destination <> '' AND length(destination) <= 200),
    seq         INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    attempts    INTEGER NOT NULL CHECK (attempts >= 0),
    since       TEXT    NOT NULL,
    retry_at    TEXT,
    PRIMARY KEY (store, destination, seq),
    FOREIGN KEY (store, seq) REFERENCES entrepot_changes (store, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX entrepot_deliveries_order ON entrepot_deliveries (store, destination, number, seq);
CREATE INDEX entrepot_deliveries_change ON entrepot_deliveries (store, seq);

CREATE TABLE entrepot_runs (
    store         INTEGER NOT NULL CHECK (store > 0),
    id            INTEGER NOT NULL CHECK (id > 0),
    began_at      TEXT    NOT NULL,
    ended_at      TEXT    NOT NULL,
    listed        INTEGER NOT NULL,
    imported      INTEGER NOT NULL,
    changed       INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    reported      INTEGER NOT NULL,
    refused       INTEGER NOT NULL,
    cursor_number INTEGER NOT NULL,
    error         TEXT,
    PRIMARY KEY (store, id)
) STRICT, WITHOUT ROWID;

-- +goose Down
SELECT 1;
