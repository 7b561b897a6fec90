-- How bench-scale makes many orders of the demo's few. Words in braces are
-- filled in; what comes after "-- name:" is a script.

-- name: template
CREATE TEMP TABLE t_orders AS SELECT * FROM orders WHERE store = {store};
CREATE UNIQUE INDEX t_orders_key ON t_orders (number);
CREATE TEMP TABLE t_changes AS
SELECT c.number, c.seq, c.at - o.placed_at AS later_by, c.actor, c.kind, c.was, c.became, c.reason
FROM order_changes c JOIN orders o ON o.store = c.store AND o.number = c.number WHERE c.store = {store};
CREATE UNIQUE INDEX t_changes_key ON t_changes (number, seq);
CREATE TEMP TABLE t_notes AS
SELECT n.number, n.seq, n.created_at - o.placed_at AS later_by, n.created_by, n.customer, n.flagged, n.note, n.extra
FROM order_notes n JOIN orders o ON o.store = n.store AND o.number = n.number WHERE n.store = {store};
CREATE UNIQUE INDEX t_notes_key ON t_notes (number, seq);
CREATE TEMP TABLE t_documents (number BIGINT PRIMARY KEY, format BIGINT NOT NULL, body {blob} NOT NULL, crc32c BIGINT NOT NULL);
CREATE TEMP TABLE t_batch (n BIGINT PRIMARY KEY, origin BIGINT NOT NULL, placed_at BIGINT NOT NULL);
CREATE TEMP TABLE t_fresh (number BIGINT PRIMARY KEY);
{clear}

-- name: batch
-- Orders {first} to {last}, placed by the calendar.
DELETE FROM t_batch;
INSERT INTO t_batch (n, origin, placed_at)
WITH RECURSIVE numbers (n) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
SELECT n, (n - 1) % {template} + 1, {day0} + (n - 1) / {perDay} * 86400000 + (n - 1) % {perDay} * {gap} + (n - 1) % 997 FROM numbers;

INSERT INTO order_documents ({id,} store, number, format, body, crc32c)
SELECT {b.id,} {store}, b.n, d.format, d.body, d.crc32c
FROM t_batch b CROSS JOIN t_documents d WHERE d.number = b.origin ORDER BY b.n;

INSERT INTO orders (store, number, placed_at, test, status, status_at, merchant_order_id, resume_status,
    reference_id, tracking, cart, notes, changes, identified {,document})
SELECT {store}, b.n, b.placed_at, b.n % {testEvery} = 0, t.status, t.status_at - t.placed_at + b.placed_at,
    CAST(100000000 + b.n AS TEXT), t.resume_status, CAST(40000 + b.n AS TEXT), t.tracking, {cart}, t.notes, t.changes, t.identified {,b.document}
FROM t_batch b CROSS JOIN t_orders t WHERE t.number = b.origin ORDER BY b.n;

INSERT INTO order_changes (store, number, seq, at, actor, kind, was, became, reason)
SELECT {store}, b.n, c.seq, b.placed_at + c.later_by, c.actor, c.kind, c.was,
    CASE c.kind WHEN 'merchant-order-id' THEN CAST(100000000 + b.n AS TEXT) ELSE c.became END, c.reason
FROM t_batch b CROSS JOIN t_changes c WHERE c.number = b.origin ORDER BY b.n;

INSERT INTO order_notes (store, number, seq, created_at, created_by, customer, flagged, note, extra)
SELECT {store}, b.n, c.seq, b.placed_at + c.later_by, c.created_by, c.customer, c.flagged, c.note, c.extra
FROM t_batch b CROSS JOIN t_notes c WHERE c.number = b.origin ORDER BY b.n;

-- name: finish
-- Some orders, spread evenly, begin again, so that they can be moved; the last
-- few of them have no merchant order id. The store becomes a test store, in
-- which the sandbox may place orders.
INSERT INTO t_fresh (number)
WITH RECURSIVE numbers (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < {subset})
SELECT i * ({size} / {subset}) + 1 FROM numbers;
DELETE FROM order_notes WHERE store = {store} AND number IN (SELECT number FROM t_fresh);
DELETE FROM order_changes WHERE store = {store} AND number IN (SELECT number FROM t_fresh) AND seq > 1;
UPDATE order_changes SET became = '{status}' WHERE store = {store} AND number IN (SELECT number FROM t_fresh);
UPDATE orders SET status = '{status}', resume_status = NULL, status_at = placed_at, tracking = NULL, notes = 0, changes = 1
WHERE store = {store} AND number IN (SELECT number FROM t_fresh);
UPDATE orders SET merchant_order_id = NULL
WHERE store = {store} AND number IN (SELECT number FROM t_fresh WHERE number > {size} - {few} * ({size} / {subset}));
UPDATE order_counters SET date_disorder = 0, last_number = {size},
    last_placed_at = (SELECT placed_at FROM orders WHERE store = {store} AND number = {size}) WHERE store = {store};
UPDATE stores SET test = TRUE WHERE number = {store};
