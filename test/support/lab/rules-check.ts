import * as assert from "node:assert/strict";
import * as path from "node:path";
import { PrometheusApi } from "../../../lab/prometheus-api";
import { projectRoot } from "../../../lab/run-directory";
import type { Lab } from "../../../lab/lab";
import type { LabStack } from "../../../lab/stack";
import { configureLike } from "../../../lab/steps";
import type { Urls } from "../../../lab/web";
import type { Finding } from "../../../tools/rules-check/check";
import { until } from "../until";
import { changesSince, say } from "./with-lab";

/** What `npm run rules:check -- --json` prints. */
interface Report {
  readonly ok: boolean;
  readonly way: string;
  readonly rules: number;
  readonly findings: readonly Finding[];
}

/** Alerts that cannot fire on the lab: its control plane elects no leader and does not run in pods. */
const offOnLab = {
  ControlPlaneLeaseStale: { enabled: false },
  PodControlPlaneNotReady: { enabled: false },
};

/** Findings that come from the load on this machine, and say nothing about the rules. */
const isLoad = ({ kind, rule }: Finding) => kind === "firing" && ["NodeCpuHigh", "NodeMemoryLow"].includes(rule);

/** Tests of the check of the rules on a running stack. They do not change the stack in the cluster. */
export function describeRulesCheck(lab: () => Lab, given: () => { stack: LabStack; urls: Urls; alerts: object }): void {
  /** Writes the stack's configuration, with further rules. The stack in the cluster stays as it is. */
  const configure = (rules: object = {}) =>
    configureLike(lab(), given().stack, {
      "alerting:rules": { alerts: { ...given().alerts, ...offOnLab }, ...rules },
    });

  /** Runs the command in the stack's directory, and requires that it changes nothing. */
  async function check(...args: readonly string[]): Promise<Report & { readonly code: number | undefined }> {
    const { execa } = await import("execa");
    const started = new Date();
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [
        path.join(projectRoot, "run.cjs"),
        "tools/rules-check/main.ts",
        "--stack",
        given().stack.name,
        "--json",
        ...args,
      ],
      { cwd: lab().stacks.directory, env: lab().stacks.env, reject: false, stdin: "ignore" },
    );
    say(`${stdout}\n${stderr}`);
    assert.ok(!`${stdout}${stderr}`.includes(lab().canary), "no secret");
    assert.deepEqual(
      changesSince(lab(), started).filter((line) => !/portforward|selfsubject/.test(line)),
      [],
    );
    assert.notEqual(stdout, "", stderr);
    return { ...(JSON.parse(stdout) as Report), code: exitCode };
  }

  before("switch off what cannot fire on the lab", () => configure());
  after("restore the configuration", () =>
    configureLike(lab(), given().stack, { "alerting:rules": { alerts: given().alerts } }),
  );

  it("finds nothing wrong with the built-in rules, through a port-forward", async () => {
    const { code, way, rules, findings } = await check();
    assert.deepEqual(
      findings.filter((one) => !isLoad(one)),
      [],
    );
    assert.equal(code, 0);
    assert.match(way, /^a port-forward to pod /);
    assert.ok(rules > 25, `${rules} rules`);
  });

  describe("with dead rules in the settings", () => {
    /** The lab's time between two scrapes, as a range that holds one. */
    const oneScrape = () => `${lab().profile.times.scrape}s`;
    const planted = (): Readonly<Record<string, string>> => ({
      NoMetric: 'kube_pod_status_phaze{phase="Pending"} > 0',
      Stopped: "planted_rows > 0",
      NoLabel: 'up{jobb="alertmanager"} == 0',
      NoValue: 'up{job="alertmangr"} == 0',
      NotTogether: 'up{job="prometheus", app_kubernetes_io_name="kube-state-metrics"} == 0',
      ShortRange: `rate(prometheus_http_requests_total{job="prometheus"}[${oneScrape()}]) > 1000`,
      FiresNow: 'up{job="prometheus"} == 1',
      NoSuchAlert: 'count(ALERTS{alertname="InstanceDwn"}) > 0',
      HalfDead: "up == 0 unless on (job) planted_maintenance",
      AbsentOnPurpose: "(sum(planted_rows_lost) or vector(0)) > 0",
      NoErrorYet: "increase(planted_imports_failed_total[5m]) > 0",
    });

    before("push a metric, remove it, and write the rules", async () => {
      const { urls } = given();
      const prometheus = new PrometheusApi(urls.prometheus, urls.access);
      const gateway = `${await lab().nodes.urlOf({ app: "prometheus-pushgateway" })}/metrics/job/planted`;
      const isThere = async () => (await prometheus.query("planted_rows", 1)).length > 0;
      await fetch(gateway, { method: "POST", body: "planted_rows 7\n" });
      await until("The pushed metric", isThere);
      await fetch(gateway, { method: "DELETE" });
      await until("The end of the pushed metric", async () => !(await isThere()));
      const rules = Object.entries(planted()).map(([alert, expr]) => ({ alert, expr, labels: { severity: "info" } }));
      await configure({ groups: [{ name: "Planted", rules }] });
    });

    it("finds each of them, and nothing else", async () => {
      const { code, findings } = await check("--prometheus", given().urls.prometheus);
      assert.equal(code, 1);
      const found = findings.filter((one) => !isLoad(one) && one.kind !== "not loaded");
      assert.deepEqual(Object.fromEntries(found.map(({ rule, kind, status }) => [rule, `${status} ${kind}`])), {
        NoMetric: "failed metric",
        Stopped: "failed stopped",
        NoLabel: "failed label",
        NoValue: "failed value",
        NotTogether: "failed combination",
        ShortRange: "failed range",
        FiresNow: "warning firing",
        NoSuchAlert: "failed alert",
        HalfDead: "warning metric",
      });
      const nearest = found.flatMap(({ rule, nearest: near }): [string, string][] => (near ? [[rule, near]] : []));
      assert.deepEqual(Object.fromEntries(nearest), {
        NoMetric: "kube_pod_status_phase",
        NoLabel: "job",
        NoValue: "alertmanager",
        NoSuchAlert: "InstanceDown",
      });
      const stopped = Date.parse(found.find(({ rule }) => rule === "Stopped")?.lastSeen ?? "");
      // The time of retention is searched in steps.
      assert.ok(Math.abs(Date.now() - stopped) < 600_000, String(stopped));
      const unloaded = findings.filter(({ kind }) => kind === "not loaded").map(({ rule }) => rule);
      assert.deepEqual(unloaded, Object.keys(planted()));
    });
  });
}
