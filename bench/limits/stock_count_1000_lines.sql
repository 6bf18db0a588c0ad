-- Limit of `stock.count_1000_lines`.
-- Writes: the counts of many lines against the book of this moment, with the balances held in the order of their ids.
-- One statement; the commit is included. Not included: rights, the audit entry, whether somebody else must count again.
WITH given AS (SELECT * FROM unnest(%(lines)s::bigint[], %(packs)s::integer[]) AS entry(line, packs)),
held AS (
    SELECT balance.id, balance.quantity FROM stock_balance balance
    WHERE balance.id IN (SELECT line.balance_id FROM stock_stocktakeline line JOIN given ON given.line = line.id)
    ORDER BY balance.id FOR NO KEY UPDATE
),
kept AS (
    INSERT INTO stock_stocktakecount (line_id, packs, book, last_move, by_id, at)
    SELECT line.id, given.packs, held.quantity,
           coalesce((SELECT max(move.id) FROM stock_move move WHERE move.balance_id = held.id), 0), %(by)s, %(at)s
    FROM given JOIN stock_stocktakeline line ON line.id = given.line JOIN held ON held.id = line.balance_id
    RETURNING line_id, packs, book
),
changed AS (
    UPDATE stock_stocktakeline line
    SET counted = kept.packs, variance = kept.packs - kept.book, counts = line.counts + 1, last_by_id = %(by)s
    FROM kept WHERE line.id = kept.line_id RETURNING line.id
)
SELECT count(*) FROM changed
