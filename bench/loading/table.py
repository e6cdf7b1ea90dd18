"""What a run of the load bench has shown, as tables in Markdown."""

ACTS = {"post": "post an item", "claim": "claim", "submit": "answer"}
BESIDE = 8  # clients at whose load an act's CPU is set beside that of others


def table(found: dict) -> str:
    """Return the figures of each number of clients, then one act's CPU beside the floor's and the peers'."""
    levels = found["levels"]
    lines = [
        "| clients | what they do | a second | p50, p95, p99 ms | CPU ms each: web + database |",
        "|---|---|---|---|---|",
        *(_line(level["clients"], act, level[act]) for level in levels for act in ACTS),
        "",
        _besides(found),
        "",
        "| CPU ms each: web + database | post an item | claim and answer |",
        "|---|---|---|",
    ]
    ours = next(level for level in levels if level["clients"] == BESIDE)
    served = {f"this server, {BESIDE} clients": ours, "a bare view that writes one row": found["floor"]}
    costs = [(name, one["post"]["cpu_ms"], one["submit"]["cpu_ms"]) for name, one in served.items()]
    costs += [
        (f"{name}, on another day", one["post"], one["decision"]) for name, one in found["peers"].items()
    ]
    return "\n".join([*lines, *(f"| {name} | {_cpu(post)} | {_cpu(both)} |" for name, post, both in costs)])


def _besides(found: dict) -> str:
    levels = found["levels"]
    before, after = levels[0]["web_memory"]["before_mb"], levels[-1]["web_memory"]["after_mb"]
    failed = sum(sum(level["errors"].values()) for level in levels)
    return (
        f"{found['seconds']:.0f} seconds for each number of clients, half of it posting, with"
        f" {found['waiting']:,} items waiting at the start. An answer's CPU includes its claim's. The"
        f" web server's memory was {before:.0f} MB before and {after:.0f} MB after. Requests that"
        f" failed: {failed}."
    )


def _line(clients: int, act: str, found: dict) -> str:
    times = [f"{found[name]:,.0f}" for name in ("p50_ms", "p95_ms", "p99_ms") if name in found]
    cpu = _cpu(found["cpu_ms"]) if "cpu_ms" in found else ""
    return f"| {clients} | {ACTS[act]} | {found['rate']:.0f} | {', '.join(times) or 'never done'} | {cpu} |"


def _cpu(spent: list[float]) -> str:
    return f"{spent[0]:.1f} + {spent[1]:.1f}"
