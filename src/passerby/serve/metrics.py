"""Figures for Prometheus: what a monitor must notice, and what the console costs."""

import os
import resource
from pathlib import Path

from fastapi import APIRouter
from prometheus_client import generate_latest
from starlette.responses import Response

from passerby.serve.access import Monitor
from passerby.serve.privacy import site_retention
from passerby.store.holdings import stored_holdings
from passerby.store.times import SECOND, now

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_DESCRIPTORS = Path("/proc/self/fd")


@router.get("/metrics")
def _metrics(visitor: Monitor) -> Response:
    console = visitor.console
    metrics, status = console.metrics, site_retention(visitor)
    holdings = stored_holdings(console.store)
    metrics.set("tracks", holdings.tracks)
    metrics.set("snippets", holdings.snippets)
    metrics.set("signatures", holdings.signatures)
    metrics.set("sweep_age_seconds", -1 if status.last is None else (now() - status.last) / SECOND)
    metrics.set("overdue_tracks", status.overdue)
    metrics.set("held_tracks", status.held)
    metrics.set("pending_erasures", status.pending)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    metrics.set("console_resident_bytes", most)
    if _DESCRIPTORS.is_dir():
        metrics.set("console_open_files", len(list(os.scandir(_DESCRIPTORS))))
    return Response(generate_latest(metrics.registry), media_type="text/plain; version=0.0.4")
