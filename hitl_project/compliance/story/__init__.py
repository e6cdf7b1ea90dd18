"""One item's story: what came, what was said and decided, by whom and by which rules, told for a lawyer.

`facts`, `words`, `telling`, `looking`, `later`, `matching` and `summing` are pure: they turn what was read
into sentences. `reading`, `proving`, `again` and `finding` read; `whole` puts all together; `pages` and `api`
show it.
"""
