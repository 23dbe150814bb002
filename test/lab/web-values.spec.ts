import assert from "node:assert/strict";
import { parse } from "yaml";
import { prometheusValues } from "../../values/prometheus-values";
import { guarded, settings, type Values } from "../support/settings";
import { at, findHelm, type Objects, render, text, type Yaml } from "../support/lab/helm";

/** The parts of Prometheus' configuration that name its credentials. */
interface PrometheusYml {
  readonly alerting: { readonly alertmanagers: readonly Record<string, unknown>[] };
  readonly scrape_configs: readonly (Record<string, unknown> & { readonly job_name: string })[];
}

const login = {
  username_file: "/etc/alerting-web-client/username",
  password_file: "/etc/alerting-web-client/password",
};
const container = ["spec", "template", "spec", "containers", 0] as const;
const statefulSet = "StatefulSet/prometheus-alertmanager";
const deployment = "Deployment/prometheus-server";

describe("the access settings in the chart's manifests", function () {
  let helm: string;

  before(async function () {
    helm = (await findHelm()) ?? this.skip();
  });

  const made = (given: Values, certificateIsSet = false): Promise<Objects> =>
    render(helm, prometheusValues({ ...settings(given), ...(certificateIsSet && { certificateIsSet }) }));
  const password = { access: { password: true } };
  const pods = (objects: Objects) => [objects.get(deployment), objects.get(statefulSet)];
  const prometheusYml = (objects: Objects) =>
    parse(text(objects.get("ConfigMap/prometheus-server"), "data", "prometheus.yml")) as PrometheusYml;
  const job = (objects: Objects, name: string) =>
    prometheusYml(objects).scrape_configs.find(({ job_name }) => job_name === name);

  it("replace the HTTP probes of both servers with TCP probes", async () => {
    for (const given of [{ access: { password: false } }, password]) {
      const objects = await made(given);
      for (const pod of pods(objects)) {
        for (const probe of ["livenessProbe", "readinessProbe"]) {
          const found = at(pod, ...container, probe) as Record<string, Yaml>;
          assert.ok(found.tcpSocket, probe);
          assert.deepEqual(
            ["httpGet", "exec", "grpc"].filter((kind) => kind in found),
            [],
            probe,
          );
        }
      }
    }
  });

  it("are files of a Secret that is mounted as a whole directory, so that a new password reaches the pod", async () => {
    const objects = await made(password);
    for (const pod of pods(objects)) {
      const args = at(pod, ...container, "args") as string[];
      assert.equal(
        args.filter((arg) => arg.includes("web.config")).join(),
        "--web.config.file=/etc/alerting-web/web.yml",
      );
      const mounts = at(pod, ...container, "volumeMounts") as Record<string, Yaml>[];
      const mount = mounts.find(({ mountPath }) => mountPath === "/etc/alerting-web");
      assert.ok(mount);
      assert.ok(mount.subPath === undefined || mount.subPath === "" || mount.subPath === null);
      assert.equal(mount.readOnly, true);
      const volumes = at(pod, "spec", "template", "spec", "volumes") as Record<string, Yaml>[];
      assert.equal(
        at(
          volumes.find(({ name }) => name === mount.name),
          "secret",
          "secretName",
        ),
        "alerting-web",
      );
    }
  });

  it("make Prometheus log in at both servers, and keep the chart's other settings of Prometheus' own scrape job", async () => {
    const objects = await made(password);
    assert.deepEqual(job(objects, "prometheus"), {
      job_name: "prometheus",
      basic_auth: login,
      static_configs: [{ targets: ["localhost:9090"] }],
    });
    assert.deepEqual(job(objects, "alertmanager")?.basic_auth, login);
    assert.deepEqual(
      prometheusYml(objects).alerting.alertmanagers.map((one) => one.basic_auth),
      [login],
    );
  });

  it("send no service account token to Alertmanager, with or without a password", async () => {
    for (const given of [{ access: { password: false } }, password]) {
      const { alertmanagers } = prometheusYml(await made(given)).alerting;
      assert.equal(alertmanagers.length, 1);
      assert.doesNotMatch(JSON.stringify(alertmanagers), /bearer|authorization|serviceaccount/);
      assert.match(JSON.stringify(alertmanagers), /"role":"pod"/);
    }
  });

  it("use TLS for both servers if there is a custom certificate, and verify it against the page's host", async () => {
    const objects = await made({ ...guarded, access: { password: true } }, true);
    const tls = (host: string) => ({ ca_file: "/etc/alerting-web-client/ca.crt", server_name: host });
    assert.deepEqual(job(objects, "prometheus")?.tls_config, tls("prometheus.example"));
    for (const one of [job(objects, "alertmanager"), prometheusYml(objects).alerting.alertmanagers[0]]) {
      assert.deepEqual([one?.scheme, one?.tls_config], ["https", tls("alertmanager.example")]);
    }
    for (const pod of pods(objects)) {
      assert.equal(at(pod, "spec", "template", "metadata", "annotations", "alerting-web/scheme"), "https");
    }
  });

  it("disable Prometheus' lifecycle API and its admin API, although the chart's defaults enable the former", async () => {
    const args = at((await made(password)).get(deployment), ...container, "args") as string[];
    assert.deepEqual(
      args.filter((arg) => arg.includes("web.enable")),
      [],
    );
  });

  it("contain no passwords and no hashes: no `Authorization` header, no user, no `$2` anywhere", async () => {
    const all = JSON.stringify([...(await made(password)).values()]);
    assert.doesNotMatch(all, /\$2[aby]?\$|httpHeaders":\[|alerting-1|prometheus-0/);
  });
});
