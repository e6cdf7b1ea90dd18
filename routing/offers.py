"""What one person may be given, in SQL: the same conditions for taking a seat, counting and asking."""

# A person's own limits, and where they may work: pairs of a queue and an item type. Who has no row of limits
# has none. What is in hand counts towards the daily cap, or many tabs would step over it together.
PAIRS = """
me AS (
    SELECT u.id, r.id IS NULL AS without_limits, r.skills
    FROM auth_user u
    LEFT JOIN routing_reviewer r ON r.user_id = u.id
    WHERE u.id = %(user)s AND r.paused_at IS NULL
      AND (r.daily_cap IS NULL OR r.daily_cap > (
        SELECT count(*) FROM (
            SELECT 1 FROM routing_assignment d
            WHERE d.user_id = u.id AND d.closed_at > %(since)s LIMIT r.daily_cap) done
        ) + (
        SELECT count(*) FROM (
            SELECT 1 FROM routing_assignment d
            WHERE d.user_id = u.id AND d.closed_at IS NULL AND d.leased_until > %(now)s
            LIMIT r.daily_cap) held
        ))
), pairs AS (
    SELECT q.id AS queue_id, q.lease_minutes, t.id AS item_type_id
    FROM me
    JOIN auth_user_groups g ON g.user_id = me.id
    JOIN routing_queue q ON q.group_id = g.group_id
    JOIN routing_itemtype t ON t.skill = '' OR me.without_limits OR t.skill = ANY(me.skills)
    WHERE q.paused_at IS NULL
      AND (%(queue)s::text IS NULL OR q.slug = %(queue)s)
      AND (%(item_type)s::text IS NULL OR t.slug = %(item_type)s)
      AND (%(types)s::text[] IS NULL OR t.slug = ANY(%(types)s))
)"""
# A seat of the pair that nobody holds and whose item this person neither holds nor has answered. OFFSET 0
# keeps that a look-up for each offered row: a join would read all that the person ever answered.
FREE = """a.queue_id = pairs.queue_id AND a.item_type_id = pairs.item_type_id AND a.closed_at IS NULL
      AND (a.leased_until IS NULL OR a.leased_until <= %(now)s)
      AND a.id <> ALL(%(without)s::bigint[])
      AND (a.meant_for_id IS NULL OR a.meant_for_id = %(user)s)
      AND NOT EXISTS (
        SELECT 1 FROM routing_assignment mine
        WHERE mine.item_id = a.item_id AND mine.user_id = %(user)s AND mine.id <> a.id OFFSET 0)"""

# Each pair offers its longest overdue and its first by priority, whatever waits elsewhere. What is overdue is
# offered twice, first by its due time.
OFFERS = f"""offers AS (
    SELECT offer.*, pairs.lease_minutes
    FROM pairs
    CROSS JOIN LATERAL (
        (SELECT a.id, 0 AS turn, a.due_at, 0 AS priority, 0.0::float8 AS utility
         FROM routing_assignment a
         WHERE {FREE} AND a.due_at <= %(now)s
         ORDER BY a.due_at, a.id LIMIT %(few)s)
        UNION ALL
        (SELECT a.id, 1, NULL, a.priority, a.utility
         FROM routing_assignment a
         WHERE {FREE}
         ORDER BY a.priority DESC, a.utility DESC, a.id LIMIT %(few)s)
    ) offer
    ORDER BY turn, due_at, priority DESC, utility DESC, id LIMIT %(few)s
)"""
FRONT = f"WITH {PAIRS}, {OFFERS} SELECT id FROM offers ORDER BY turn, due_at, priority DESC, utility DESC, id"

# One statement finds and takes the seat. Of the best few only the one that is taken is locked, so that nobody
# is sent away because another claim looks at the same; those that others are taking are skipped, never waited
# for. The second column says whether there was anything to take, the others whose lease on it had run out.
CLAIM = f"""
WITH {PAIRS}, {OFFERS}, best AS (
    SELECT a.id, offers.lease_minutes, a.item_id, a.purpose, a.user_id, a.claimed_at, a.leased_until
    FROM offers JOIN routing_assignment a ON a.id = offers.id
    WHERE a.closed_at IS NULL AND (a.leased_until IS NULL OR a.leased_until <= %(now)s)
    ORDER BY turn, offers.due_at, offers.priority DESC, offers.utility DESC, offers.id
    LIMIT 1 FOR UPDATE OF a SKIP LOCKED
), taken AS (
    UPDATE routing_assignment a
    SET user_id = %(user)s, claimed_at = %(now)s,
        leased_until = %(now)s + best.lease_minutes * interval '1 minute'
    FROM best
    WHERE a.id = best.id
    RETURNING a.id
)
SELECT (SELECT id FROM taken), EXISTS (SELECT 1 FROM offers),
    u.username, best.item_id, best.purpose, best.claimed_at, best.leased_until
FROM (VALUES (1)) one LEFT JOIN best ON true LEFT JOIN auth_user u ON u.id = best.user_id
"""

ANY = f"""
WITH {PAIRS}
SELECT EXISTS (
    SELECT 1 FROM pairs CROSS JOIN LATERAL (
        SELECT 1 FROM routing_assignment a WHERE {FREE}
        ORDER BY a.priority DESC, a.utility DESC, a.id LIMIT 1) one)
"""

# Of each queue no more rows are read than the limit: a million waiting cost what a thousand do.
COUNT = f"""
WITH {PAIRS}
SELECT q.queue_id, free.n, late.n
FROM (SELECT DISTINCT queue_id FROM pairs) q
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM (
        SELECT 1 FROM pairs CROSS JOIN LATERAL (
            SELECT 1 FROM routing_assignment a WHERE {FREE}
            ORDER BY a.priority DESC, a.utility DESC, a.id LIMIT %(limit)s) one
        WHERE pairs.queue_id = q.queue_id LIMIT %(limit)s) few
) free
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM (
        SELECT 1 FROM pairs CROSS JOIN LATERAL (
            SELECT 1 FROM routing_assignment a WHERE {FREE} AND a.due_at <= %(now)s
            ORDER BY a.due_at, a.id LIMIT %(limit)s) one
        WHERE pairs.queue_id = q.queue_id LIMIT %(limit)s) few
) late
"""
