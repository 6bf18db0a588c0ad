-- Limit of `stock.on_hand.product`.
-- Reads: how many packs of a product there are in a warehouse, and how many may leave, from the balances. One statement. Not included: nothing.
SELECT coalesce(sum(balance.quantity), 0) AS there,
       coalesce(sum(balance.quantity - balance.reserved) FILTER (
           WHERE zone.purpose = 'shelf' AND balance.quality = 'good' AND NOT lot.recalled
             AND (lot.expiry IS NULL OR lot.expiry >= %(today)s::date + product.customer_days_left)), 0) AS free
FROM stock_balance balance JOIN stock_lot lot ON lot.id = balance.lot_id JOIN stock_zone zone ON zone.id = balance.zone_id
JOIN products_product product ON product.id = balance.product_id
WHERE balance.warehouse_id = %(warehouse)s AND balance.product_id = %(product)s AND balance.quantity > 0 AND zone.purpose <> 'transit'
