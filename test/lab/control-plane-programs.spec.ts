import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CoreV1Api, DiscoveryV1Api, KubeConfig, StorageV1Api, VersionApi } from "@kubernetes/client-node";
import { readAuditLog } from "../../lab/control-plane/audit";
import { efsCsiDriver, installEfsCsiDriver } from "../../lab/control-plane/csi-driver";
import { startControlPlane } from "../../lab/control-plane/start";
import type { ControlPlane } from "../../lab/control-plane/start";
import { findPrograms } from "../../lab/programs/find";
import type { Programs } from "../../lab/programs/find";

const NAMES = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

describe("a running lab/control-plane", function () {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "control-plane-"));
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  let programs: Programs;
  let first: ControlPlane;
  let second: ControlPlane;

  before(async function () {
    this.timeout(30 * 60_000); // The programs may have to be built first.
    programs = await findPrograms(NAMES, say);
    [first, second] = await Promise.all(
      ["first", "second"].map((name) =>
        startControlPlane({ programs, directory: path.join(directory, name), say }),
      ) as [Promise<ControlPlane>, Promise<ControlPlane>],
    );
  });
  after(async () => {
    await Promise.all([first?.stop(), second?.stop()]);
    fs.rmSync(directory, { recursive: true, force: true });
  });

  it("runs two control planes side by side, each with its own objects", async () => {
    assert.notEqual(first.server, second.server);
    await client(first)
      .makeApiClient(CoreV1Api)
      .createNamespace({ body: { metadata: { name: "only-here" } } });
    const others = await client(second).makeApiClient(CoreV1Api).listNamespace();
    assert.equal(
      others.items.some((namespace) => namespace.metadata?.name === "only-here"),
      false,
    );
  });

  it("reports its version to Helm", async () => {
    assert.equal((await client(first).makeApiClient(VersionApi).getCode()).gitVersion, "v1.36.2");
  });

  it("publishes the master node's address as the API server's endpoint", async () => {
    const slices = client(first).makeApiClient(DiscoveryV1Api);
    const slice = await slices.readNamespacedEndpointSlice({ name: "kubernetes", namespace: "default" });
    assert.deepEqual(slice.endpoints?.[0]?.addresses, ["10.0.1.10"]);
    assert.equal(slice.ports?.[0]?.port, 6443);
  });

  it("installs the EFS CSI driver, and changes nothing if it is already installed", async () => {
    await installEfsCsiDriver(first);
    await installEfsCsiDriver(first);
    const driver = await client(first).makeApiClient(StorageV1Api).readCSIDriver({ name: efsCsiDriver });
    assert.equal(driver.spec.attachRequired, false);
  });

  it("logs the changes of the program's user separately from the lab's", () => {
    assert.deepEqual(
      readAuditLog(first.auditLogFile, "admin").map((entry) => `${entry.verb} ${entry.requestUri} ${entry.status}`),
      ["create /api/v1/namespaces 201"],
    );
    assert.ok(readAuditLog(first.auditLogFile, "lab").length > 0);
  });

  it("gives pods tokens whose issuer is the cluster", async () => {
    const body = { spec: { audiences: [first.serviceAccountIssuer] } };
    const made = await client(first)
      .makeApiClient(CoreV1Api)
      .createNamespacedServiceAccountToken({ name: "default", namespace: "default", body });
    const claims = (made.status?.token ?? "").split(".")[1] ?? "";
    assert.match(Buffer.from(claims, "base64url").toString(), /"iss":"https:\/\/kubernetes\.default\.svc\./);
  });

  it("names a program that exits after the start", async () => {
    const scheduler = second.children.find((child) => child.name === "kube-scheduler");
    assert.ok(scheduler);
    process.kill(scheduler.pid, "SIGKILL");
    await scheduler.exited;
    await Promise.resolve();
    assert.match(said.join("\n"), /The control plane is incomplete: kube-scheduler .* has ended by SIGKILL/);
  });

  it("stops within five seconds, and silently", async () => {
    const begun = Date.now();
    const saidBefore = said.length;
    await first.stop();
    assert.ok(Date.now() - begun < 5_000);
    assert.ok(first.children.every((child) => !child.running));
    assert.equal(said.length, saidBefore);
  });

  it("fails at once if one of its programs cannot run, and leaves none running", async () => {
    const scheduler = programs["kube-scheduler"];
    assert.ok(scheduler);
    const broken = { ...programs, "kube-scheduler": { ...scheduler, path: process.execPath } };
    const start = startControlPlane({ programs: broken, directory: path.join(directory, "broken"), say });
    await assert.rejects(start, /^Error: The control plane could not be started: kube-scheduler .* exit code \d+/);
    const running = execFileSync("ps", ["-Ao", "args"], { encoding: "utf8" });
    assert.equal(running.includes(path.join(directory, "broken")), false);
    assert.ok(running.includes(path.join(directory, "second")), "the other one was to be left alone");
  });

  it("refuses a directory that an earlier run has used", async () => {
    const start = startControlPlane({ programs, directory: path.join(directory, "second"), say });
    await assert.rejects(start, /was used by an earlier run/);
  });
});

function client(controlPlane: ControlPlane): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(controlPlane.kubeconfigPath);
  return config;
}
