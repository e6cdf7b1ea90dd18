"""Read the files in deploy/ for tests."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text())
KUSTOMIZATION = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
MANIFESTS = sorted(set(KUBERNETES.glob("*.yaml")) - {KUBERNETES / "kustomization.yaml"})
OBJECTS = [one for path in MANIFESTS for one in yaml.safe_load_all(path.read_text())]
VERSION = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)[1]
SETTINGS = set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(), re.M))


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    """Return the Kubernetes objects of these kinds."""
    return [one for one in OBJECTS if one["kind"] in kinds]


def named(kind: str) -> set[str]:
    """Return the names of the objects of a kind."""
    return {one["metadata"]["name"] for one in of_kind(kind)}


def templates() -> Iterator[dict[str, Any]]:
    """Yield the template of each kind of pod."""
    for one in OBJECTS:
        if "template" in one.get("spec", {}):
            yield one["spec"]["template"]
        if "jobTemplate" in one.get("spec", {}):
            yield one["spec"]["jobTemplate"]["spec"]["template"]


def containers() -> Iterator[dict[str, Any]]:
    """Yield each container of each kind of pod, those that run first too."""
    for template in templates():
        yield from template["spec"].get("initContainers", [])
        yield from template["spec"]["containers"]


def template_of(name: str) -> dict[str, Any]:
    """Return the template of the pods labelled so."""
    return next(one for one in templates() if one["metadata"]["labels"]["app"] == name)


def environment(path: Path) -> set[str]:
    """Return the names that a file of NAME=value sets."""
    return set(re.findall(r"^([A-Z][A-Z0-9_]*)=", path.read_text(), re.M))
