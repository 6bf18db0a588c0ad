-- Limit of `stock.on_hand.warehouse`.
-- Reads: packs and lots of a warehouse by how near their expiry is, lots that are not good, and products. One statement. Not included: the
-- limits that say what is near.
WITH lying AS (
    SELECT balance.quantity, balance.lot_id, balance.product_id, balance.quality,
           CASE WHEN lot.expiry IS NULL THEN 'undated' WHEN lot.expiry < %(today)s THEN 'expired' WHEN lot.expiry <= %(urgent)s THEN 'urgent'
                WHEN lot.expiry <= %(soon)s THEN 'soon' ELSE 'later' END AS band
    FROM stock_balance balance JOIN stock_lot lot ON lot.id = balance.lot_id JOIN stock_zone zone ON zone.id = balance.zone_id
    WHERE balance.warehouse_id = %(warehouse)s AND balance.quantity > 0 AND zone.purpose <> 'transit'
)
SELECT band, sum(quantity), count(DISTINCT lot_id), count(*) FILTER (WHERE quality <> 'good'), count(DISTINCT product_id)
FROM lying GROUP BY GROUPING SETS ((band), ())
