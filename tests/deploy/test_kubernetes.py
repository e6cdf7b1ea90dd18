"""The Kubernetes manifests: valid by its own schemas, whole in themselves, and true to the code."""

import re
import runpy

import kubernetes_validate
import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from tests.deploy.files import (
    COMPOSE,
    DEPLOY,
    KUBERNETES,
    KUSTOMIZATION,
    MANIFESTS,
    OBJECTS,
    ROOT,
    SETTINGS,
    VERSION,
    containers,
    environment,
    named,
    of_kind,
    template_of,
    templates,
)

FOREIGN = {"ServiceMonitor", "PrometheusRule"}  # of the Prometheus operator: no schema of Kubernetes' own
SIZE = "nginx.ingress.kubernetes.io/proxy-body-size"
OURS = [one for one in containers() if one["image"] == "hitl"]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_a_manifest_is_valid(path):
    for one in yaml.safe_load_all(path.read_text()):
        if one["kind"] not in FOREIGN:
            kubernetes_validate.validate(one, "1.37", strict=True)


def test_the_kustomization_lists_every_manifest_or_says_when_it_is_wanted():
    text = (KUBERNETES / "kustomization.yaml").read_text()
    optional = set(re.findall(r"^  # - (\S+\.yaml) ", text, re.M))
    assert {path.name for path in MANIFESTS} == set(KUSTOMIZATION["resources"]) | optional
    assert optional == {"redis.yaml", "monitoring.yaml", "alerts.yaml"}


def test_settings_and_secrets_exist():
    [plain] = of_kind("ConfigMap")
    secret = environment(KUBERNETES / "secrets.env.example")
    assert (set(plain["data"]) | secret) - SETTINGS == set()
    assert set(plain["data"]) & secret == set()


def test_a_changed_secret_does_not_restart_the_database():
    lasting = {
        one["name"]: one["envs"]
        for one in KUSTOMIZATION["secretGenerator"]
        if one.get("options") == {"disableNameSuffixHash": True}
    }
    assert lasting == {"hitl-postgres": ["postgres.env"]}
    assert environment(KUBERNETES / "postgres.env.example") == {"POSTGRES_PASSWORD"}
    [postgres] = template_of("postgres")["spec"]["containers"]
    [asked] = [one["valueFrom"]["secretKeyRef"] for one in postgres["env"] if "valueFrom" in one]
    assert (asked, "envFrom" in postgres) == ({"name": "hitl-postgres", "key": "POSTGRES_PASSWORD"}, False)


def test_what_a_pod_refers_to_is_there():
    maps, claims = named("ConfigMap"), named("PersistentVolumeClaim")
    secrets = {one["name"] for one in KUSTOMIZATION["secretGenerator"]}
    for template in templates():
        for volume in template["spec"].get("volumes", []):
            assert volume.get("persistentVolumeClaim", {}).get("claimName") in claims | {None}
    for one in containers():
        for source in one.get("envFrom", []):
            assert source.get("configMapRef", {}).get("name") in maps | {None}
            assert source.get("secretRef", {}).get("name") in secrets | {None}


def test_every_pod_is_closed_in():
    for template in templates():
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for one in containers():
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(one["resources"]["limits"]) == {"memory"}
        assert set(one["resources"]["requests"]) == {"cpu", "memory"}


def test_a_selector_finds_the_pods_that_it_means():
    labels = [template["metadata"]["labels"] for template in templates()]
    wanted = [one["spec"]["selector"] for one in of_kind("Service")]
    wanted += [one["spec"]["selector"]["matchLabels"] for one in of_kind("Deployment", "PodDisruptionBudget")]
    assert [one for one in wanted if not any(one.items() <= found.items() for found in labels)] == []
    apps = {found["app"] for found in labels}
    lists = re.findall(r"'key': 'app', 'operator': 'In', 'values': \[(.*?)\]", str(of_kind("NetworkPolicy")))
    assert {name.strip("' ") for one in lists for name in one.split(",")} == apps - {"postgres", "redis"}


def test_what_is_scaled_and_what_is_routed_to_is_there():
    least = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]["minReplicas"]
        for one in of_kind("HorizontalPodAutoscaler")
    }
    fixed = {one["metadata"]["name"] for one in of_kind("Deployment") if "replicas" in one["spec"]}
    assert (least, fixed) == ({"web": 3, "review": 2}, {"worker", "redis"})
    assert set(least) <= named("Deployment")
    paths = [path for one in of_kind("Ingress") for path in one["spec"]["rules"][0]["http"]["paths"]]
    routed = {one["path"]: one["backend"]["service"]["name"] for one in paths}
    assert routed == {"/api/": "web", "/admin/": "review", "/": "review"}
    assert {"web", "review"} <= named("Service")


def test_our_images_are_one_and_have_the_version_of_the_code():
    assert [(one["name"], one["newTag"]) for one in KUSTOMIZATION["images"]] == [("hitl", VERSION)]
    assert named("Job") == {f"migrate-{VERSION.replace('.', '-')}"}
    foreign = {one["image"] for one in containers()} - {"hitl"}
    assert foreign == {COMPOSE["services"][name]["image"] for name in ("postgres", "redis")}


def test_our_commands_are_those_of_the_code():
    said = str([one["command"] for one in OURS])
    assert set(re.findall(r"manage\.py(?:', '| )([a-z_]+)", said)) == {"migrate", "bootstrap", "qcluster"}
    assert {"migrate", "bootstrap", "qcluster"} <= set(get_commands())
    for name in ("web", "review"):
        [web] = template_of(name)["spec"]["containers"]
        assert web["command"] == COMPOSE["services"]["web"]["command"]
        assert (ROOT / web["command"][2]).exists()


def test_ports_have_one_number_and_probes_ask_what_is_there(client):
    for name in ("web", "review"):
        [web] = template_of(name)["spec"]["containers"]
        assert [(port["name"], port["containerPort"]) for port in web["ports"]] == [("http", 8000)]
        probes = {kind: web[kind]["httpGet"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}
        assert {probe["port"] for probe in probes.values()} == {"http"}
        assert probes["livenessProbe"]["path"] == probes["startupProbe"]["path"] == "/health"
        assert probes["readinessProbe"]["path"] == "/ready?of=web"
    services = {one["metadata"]["name"]: one["spec"]["ports"][0] for one in of_kind("Service")}
    assert services["web"] == services["review"] == {"name": "http", "port": 80, "targetPort": "http"}


@pytest.mark.django_db
def test_a_probe_is_answered_under_the_number_of_a_pod(client):
    headers = {"host": "10.0.0.9:8000"}
    assert client.get("/health", headers=headers).status_code == 200
    assert client.get("/ready?of=web", headers=headers).status_code in (200, 503)


def test_the_name_is_the_same_everywhere():
    [plain] = of_kind("ConfigMap")
    [host] = {one["spec"]["rules"][0]["host"] for one in of_kind("Ingress")}
    assert [one["spec"]["tls"][0]["hosts"] for one in of_kind("Ingress")] == [[host]] * 2
    assert plain["data"]["ALLOWED_HOSTS"].split(",")[0] == host
    assert plain["data"]["CSRF_TRUSTED_ORIGINS"] == plain["data"]["HITL_PUBLIC_URL"] == f"https://{host}"


def test_pods_that_stop_have_the_time_they_need():
    patience = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))["graceful_timeout"]
    [plain] = of_kind("ConfigMap")
    for name in ("web", "review"):
        spec = template_of(name)["spec"]
        [drain] = [one["lifecycle"]["preStop"]["exec"]["command"][-1] for one in spec["containers"]]
        seconds = int(re.fullmatch(r'touch "\$HITL_DRAIN_FILE" && sleep (\d+)', drain)[1])
        probe = spec["containers"][0]["readinessProbe"]
        assert seconds > probe["periodSeconds"] * probe["failureThreshold"]
        assert spec["terminationGracePeriodSeconds"] > seconds + patience
    assert plain["data"]["HITL_DRAIN_FILE"].startswith("/tmp/")
    assert template_of("worker")["spec"]["terminationGracePeriodSeconds"] > settings.TASK_TIMEOUT


def test_bodies_are_as_large_as_the_server_takes():
    [plain] = of_kind("ConfigMap")
    notes = {one["metadata"]["name"]: one["metadata"]["annotations"] for one in of_kind("Ingress")}
    assert notes["hitl"][SIZE] == f"{settings.MAX_BODY_MEGABYTES}m"
    assert notes["hitl-admin"] == notes["hitl"] | {SIZE: f"{settings.MAX_UPLOAD_MEGABYTES}m"}
    for name in ("MAX_BODY_MEGABYTES", "MAX_UPLOAD_MEGABYTES"):
        assert plain["data"][name] == str(getattr(settings, name))


def test_prometheus_finds_the_web_pods_and_brings_a_key():
    [monitor] = of_kind("ServiceMonitor")
    wanted, [endpoint] = monitor["spec"]["selector"]["matchLabels"], monitor["spec"]["endpoints"]
    found = [one for one in of_kind("Service") if wanted.items() <= one["metadata"].get("labels", {}).items()]
    assert {one["metadata"]["name"] for one in found} == {"web", "review"}
    assert (endpoint["port"], endpoint["path"]) == ("http", "/metrics")
    assert set(endpoint["authorization"]["credentials"]) == {"name", "key"}
    assert endpoint["relabelings"] == [{"targetLabel": "job", "replacement": "hitl"}]


def test_the_operator_is_given_the_rules_that_are_tested():
    [rule] = of_kind("PrometheusRule")
    assert rule["spec"] == yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())


def test_the_nightly_backup_is_that_of_the_page():
    [script] = [one["command"][-1] for one in containers() if one["name"] == "backup"]
    page = (ROOT / "docs" / "operations.md").read_text()
    [block] = re.findall(r"^```sh backup\n(.*?)^```$", page, re.M | re.S)
    said = script.splitlines()
    assert said[1:-1] == block.splitlines()
    assert "-name '20*'" in said[-1]  # what else lies there, lost+found for one, is not ours to throw away


def test_nothing_is_there_twice():
    names = [(one["kind"], one["metadata"]["name"]) for one in OBJECTS]
    assert len(names) == len(set(names))
