-- Limit of `stock.allocate_fefo`.
-- Rows: locks the balances that may leave in the order of their ids, takes from the earliest expiry first, lowers the balances, inserts
-- the moves and the lines of one issue slip. One statement, one transaction; the commit is included. Not included: the number of the
-- slip, rights, the audit entry, refusing a shortage by name.
WITH wanted AS (
    SELECT * FROM unnest(%(products)s::bigint[], %(packs)s::integer[]) AS wanted(product_id, packs)
), held AS MATERIALIZED (
    SELECT balance.id, balance.product_id, balance.lot_id, balance.quantity - balance.reserved AS quantity, lot.expiry, lot.received_on
    FROM stock_balance balance JOIN stock_lot lot ON lot.id = balance.lot_id JOIN stock_zone zone ON zone.id = balance.zone_id
    JOIN products_product product ON product.id = balance.product_id
    WHERE balance.warehouse_id = %(warehouse)s AND balance.product_id = ANY(%(products)s) AND balance.quantity > 0
      AND balance.quality = 'good' AND zone.purpose = 'shelf' AND NOT lot.recalled
      AND (lot.expiry IS NULL OR lot.expiry >= %(today)s::date + product.customer_days_left)
    ORDER BY balance.id FOR NO KEY UPDATE OF balance
), turn AS (
    SELECT held.id, held.lot_id, held.quantity, wanted.packs, coalesce(sum(held.quantity) OVER (
        PARTITION BY held.product_id ORDER BY held.expiry NULLS LAST, held.received_on, held.lot_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM held JOIN wanted USING (product_id)
), take AS MATERIALIZED (
    SELECT id, lot_id, least(quantity, packs - before)::integer AS packs FROM turn WHERE before < packs
), slip AS (
    INSERT INTO stock_issueslip (number, warehouse_id, customer_id, subject_kind, subject_id, purpose, by_id, at)
    VALUES (%(number)s, %(warehouse)s, NULL, '', NULL, %(purpose)s, %(by)s, %(at)s) RETURNING id
), booked AS (
    UPDATE stock_balance balance SET quantity = balance.quantity - take.packs FROM take WHERE balance.id = take.id
), moved AS (
    INSERT INTO stock_move (balance_id, kind, quantity, subject_kind, subject_id, reason, by_id, at)
    SELECT take.id, 'issue', -take.packs, 'stock.issue_slip', slip.id, '', %(by)s, %(at)s FROM take, slip
)
INSERT INTO stock_issueline (slip_id, balance_id, lot_id, packs, returned, reason)
SELECT slip.id, take.id, take.lot_id, take.packs, 0, '' FROM take, slip
