-- +goose Up

-- What a program must know to use these tables. Every migration updates the
-- row; oldest_program moves only when an older program would do harm.
CREATE TABLE entrepot_schema_info (
    one            INTEGER     PRIMARY KEY CHECK (one = 1),
    application    TEXT        NOT NULL,
    version        BIGINT      NOT NULL,
    oldest_program BIGINT      NOT NULL
);
INSERT INTO entrepot_schema_info (one, application, version, oldest_program) VALUES (1, 'entrepot sync', 1, 1);

-- docs/sync-tables.md says what each column is. Times have milliseconds. The
-- documents are JSON, not JSONB, which would not keep them as they came.

-- One row for each store: how far it is, and which daemon may write for it.
CREATE TABLE entrepot_sync (
    store            BIGINT      PRIMARY KEY CHECK (store > 0),
    holder           TEXT        NOT NULL DEFAULT '',
    held_since       TIMESTAMPTZ,
    cursor_number    BIGINT      NOT NULL DEFAULT 0 CHECK (cursor_number >= 0),
    cursor_placed_at TIMESTAMPTZ,
    last_seq         BIGINT      NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    writes           BIGINT      NOT NULL DEFAULT 0
);

CREATE TABLE entrepot_orders (
    store                  BIGINT      NOT NULL CHECK (store > 0),
    number                 BIGINT      NOT NULL CHECK (number > 0),
    order_id               TEXT        NOT NULL CHECK (order_id = store || '-' || number),
    standing               TEXT        NOT NULL CHECK (standing IN ('ready', 'held', 'cancelled')),
    test                   BOOLEAN     NOT NULL,
    status                 TEXT        NOT NULL,
    status_at              TIMESTAMPTZ,
    placed_at              TIMESTAMPTZ,
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
    ship_complete          BOOLEAN     NOT NULL,
    csl_list_match         BOOLEAN     NOT NULL,
    shipping_name          TEXT,
    shipping_service       TEXT,
    tracking               TEXT,
    items_count            BIGINT      NOT NULL,
    currency               TEXT,
    items_total            NUMERIC,
    items_total_foreign    NUMERIC,
    shipping_total         NUMERIC,
    shipping_total_foreign NUMERIC,
    duty_taxes_total       NUMERIC,
    grand_total            NUMERIC,
    grand_total_foreign    NUMERIC,
    remittance_amount      NUMERIC,
    promo_code             TEXT,
    promo_amount           NUMERIC,
    imported_at            TIMESTAMPTZ NOT NULL,
    changed_at             TIMESTAMPTZ NOT NULL,
    checks                 BIGINT      NOT NULL CHECK (checks >= 0),
    check_at               TIMESTAMPTZ,
    digest                 BYTEA       NOT NULL CHECK (octet_length(digest) = 32),
    document               JSON        NOT NULL,
    PRIMARY KEY (store, number)
);
-- The store comes first in the primary key only. Until a table is analyzed,
-- the planner believes that a store has few orders, and would take any index
-- that begins with the store, even to look a single order up.
CREATE INDEX entrepot_orders_placed ON entrepot_orders (placed_at, store, number);
CREATE INDEX entrepot_orders_check ON entrepot_orders (check_at, number, store) WHERE check_at IS NOT NULL;
CREATE INDEX entrepot_orders_standing ON entrepot_orders (standing, test, store, number);

CREATE TABLE entrepot_order_items (
    store             BIGINT      NOT NULL,
    number            BIGINT      NOT NULL,
    line              BIGINT      NOT NULL CHECK (line > 0),
    description       TEXT,
    quantity          BIGINT      NOT NULL,
    unit_price        NUMERIC,
    product_id        TEXT,
    sku               TEXT,
    length            NUMERIC,
    width             NUMERIC,
    height            NUMERIC,
    weight            NUMERIC,
    weight_units      TEXT,
    non_shippable     BOOLEAN     NOT NULL,
    country_of_origin TEXT,
    hs_code           TEXT,
    brand             TEXT,
    category          TEXT,
    color             TEXT,
    customization     TEXT,
    status            TEXT,
    PRIMARY KEY (store, number, line),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
);

CREATE TABLE entrepot_order_notes (
    store         BIGINT      NOT NULL,
    number        BIGINT      NOT NULL,
    line          BIGINT      NOT NULL CHECK (line > 0),
    created_by    TEXT,
    created_at    TIMESTAMPTZ,
    customer_note BOOLEAN     NOT NULL,
    flagged       BOOLEAN     NOT NULL,
    note          TEXT,
    PRIMARY KEY (store, number, line),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
);

CREATE TABLE entrepot_order_tracking (
    store           BIGINT      NOT NULL,
    number          BIGINT      NOT NULL,
    line            BIGINT      NOT NULL CHECK (line > 0),
    tracking_number TEXT        NOT NULL,
    PRIMARY KEY (store, number, line),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
);

CREATE TABLE entrepot_order_statuses (
    store     BIGINT      NOT NULL,
    number    BIGINT      NOT NULL,
    seq       BIGINT      NOT NULL CHECK (seq > 0),
    status    TEXT        NOT NULL,
    status_at TIMESTAMPTZ,
    seen_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (store, number, seq),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
);

CREATE TABLE entrepot_changes (
    store      BIGINT      NOT NULL,
    seq        BIGINT      NOT NULL CHECK (seq > 0),
    number     BIGINT      NOT NULL,
    order_id   TEXT        NOT NULL CHECK (order_id = store || '-' || number),
    kind       TEXT        NOT NULL CHECK (kind IN ('imported', 'held', 'released', 'cancelled', 'updated')),
    standing   TEXT        NOT NULL CHECK (standing IN ('ready', 'held', 'cancelled')),
    status     TEXT        NOT NULL,
    test       BOOLEAN     NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    document   JSON        NOT NULL,
    PRIMARY KEY (store, seq),
    FOREIGN KEY (store, number) REFERENCES entrepot_orders (store, number) ON DELETE CASCADE
);
CREATE INDEX entrepot_changes_order ON entrepot_changes (number, store, seq);

-- The shop inserts order_id, kind and value; all else is the daemon's.
CREATE TABLE entrepot_reports (
    id       BIGINT      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    order_id TEXT        NOT NULL,
    kind     TEXT        NOT NULL,
    value    TEXT        NOT NULL,
    state    TEXT        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'taken', 'refused')),
    reason   TEXT,
    attempts BIGINT      NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    made_at  TIMESTAMPTZ NOT NULL DEFAULT date_trunc('milliseconds', now()),
    retry_at TIMESTAMPTZ,
    store    BIGINT, -- these two of order_id, by the trigger below
    number   BIGINT,
    added_by BIGINT, -- the store whose daemon added it; NULL for the shop's own
    key      TEXT,
    UNIQUE (added_by, key)
);
CREATE INDEX entrepot_reports_order ON entrepot_reports (store, number, id) WHERE state = 'pending';
CREATE INDEX entrepot_reports_state ON entrepot_reports (store, state, id);

-- What can be no report is refused at once, with the reason in its row.
-- +goose StatementBegin
CREATE FUNCTION entrepot_reports_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    id text[] := regexp_match(btrim(NEW.order_id), '^([1-9][0-9]{0,17})-([1-9][0-9]{0,17})$');
BEGIN
    NEW.store := id[1]::bigint;
    NEW.number := id[2]::bigint;
    IF id IS NULL THEN
        NEW.state := 'refused';
        NEW.reason := 'order_id is not the id of an order, such as 999-99999';
    ELSIF NOT EXISTS (SELECT 1 FROM entrepot_sync AS s WHERE s.store = NEW.store) THEN
        NEW.state := 'refused';
        NEW.reason := 'no daemon syncs the store ' || NEW.store || ' into this database';
        NEW.store := NULL;
    ELSIF NEW.kind NOT IN ('merchant_order_id', 'status', 'tracking') THEN
        NEW.state := 'refused';
        NEW.reason := 'kind is none of merchant_order_id, status, tracking';
    ELSIF btrim(NEW.value) = '' THEN
        NEW.state := 'refused';
        NEW.reason := 'value is empty';
    END IF;
    IF NEW.store IS NOT NULL THEN
        NEW.order_id := NEW.store || '-' || NEW.number;
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER entrepot_reports_take BEFORE INSERT ON entrepot_reports
    FOR EACH ROW EXECUTE FUNCTION entrepot_reports_take();

CREATE TABLE entrepot_troubles (
    store    BIGINT      NOT NULL CHECK (store > 0),
    number   BIGINT      NOT NULL CHECK (number > 0),
    reason   TEXT        NOT NULL,
    attempts BIGINT      NOT NULL CHECK (attempts >= 0),
    since    TIMESTAMPTZ NOT NULL,
    retry_at TIMESTAMPTZ,
    PRIMARY KEY (store, number)
);

CREATE TABLE entrepot_destinations (
    store       BIGINT      NOT NULL CHECK (store > 0),
    destination TEXT        NOT NULL CHECK (destination <> '' AND length(destination) <= 200),
    position    BIGINT      NOT NULL CHECK (position >= 0),
    PRIMARY KEY (store, destination)
);

CREATE TABLE entrepot_deliveries (
    store       BIGINT      NOT NULL,
    destination TEXT        NOT NULL CHECK (destination <> '' AND length(destination) <= 200),
    seq         BIGINT      NOT NULL,
    number      BIGINT      NOT NULL,
    reason      TEXT        NOT NULL,
    attempts    BIGINT      NOT NULL CHECK (attempts >= 0),
    since       TIMESTAMPTZ NOT NULL,
    retry_at    TIMESTAMPTZ,
    PRIMARY KEY (store, destination, seq),
    FOREIGN KEY (store, seq) REFERENCES entrepot_changes (store, seq) ON DELETE CASCADE
);
CREATE INDEX entrepot_deliveries_order ON entrepot_deliveries (store, destination, number, seq);
CREATE INDEX entrepot_deliveries_change ON entrepot_deliveries (store, seq);

CREATE TABLE entrepot_runs (
    store         BIGINT      NOT NULL CHECK (store > 0),
    id            BIGINT      NOT NULL CHECK (id > 0),
    began_at      TIMESTAMPTZ NOT NULL,
    ended_at      TIMESTAMPTZ NOT NULL,
    listed        BIGINT      NOT NULL,
    imported      BIGINT      NOT NULL,
    changed       BIGINT      NOT NULL,
    failed        BIGINT      NOT NULL,
    reported      BIGINT      NOT NULL,
    refused       BIGINT      NOT NULL,
    cursor_number BIGINT      NOT NULL,
    error         TEXT,
    PRIMARY KEY (store, id)
);

-- +goose Down
SELECT 1;
