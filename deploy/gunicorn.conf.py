"""How gunicorn serves HITL: gunicorn -c deploy/gunicorn.conf.py (docs/limits.md says why so)."""

import os
from pathlib import Path
from typing import Any

wsgi_app = "hitl_project.wsgi"
worker_class = "hitl_project.limits.worker.PatientWorker"
workers = int(os.environ.get("HITL_WEB_WORKERS", "2"))
threads = int(os.environ.get("HITL_WEB_THREADS", "4"))
# Connections of one process, nearly all of them waiting in its loop; each is a file descriptor.
worker_connections = 2_000
backlog = 2_048
# A request's head. Beyond these gunicorn answers 414 and 431 itself; the server's own limit is lower.
limit_request_line = 8_190
limit_request_fields = 64
limit_request_field_size = 8_190
# Seconds: a process whose loop gives no sign is killed; a request in a thread doesn't stop the loop.
timeout = 60
graceful_timeout = 30
keepalive = 15
# A process is replaced now and then, not all at once: what leaks, in whatever library, is given back.
max_requests = 50_000
max_requests_jitter = 10_000
preload_app = False  # each process has threads and connections of its own
control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

LEVEL = os.environ.get("LOG_LEVEL") or "INFO"
if os.environ.get("LOG_FORMAT") == "json":
    # Its own lines too, a crash before Django is there above all: who collects objects drops what is none.
    logconfig_dict = {
        "formatters": {"json": {"()": "hitl_project.logs.Json"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {"gunicorn.error": {"level": LEVEL, "handlers": ["stderr"], "propagate": False}},
        "root": {"level": LEVEL, "handlers": ["stderr"]},
    }


def on_starting(server: Any) -> None:
    """Take away the file that says this server is being stopped: what it was made for has ended.

    Kubernetes makes it too where a probe fails, in a folder that the new container finds again. A reload
    doesn't come here.
    """
    if file := os.environ.get("HITL_DRAIN_FILE"):
        Path(file).unlink(missing_ok=True)
