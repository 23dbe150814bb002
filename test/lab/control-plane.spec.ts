import * as assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  schedulerArguments,
} from "../../lab/control-plane/arguments";
import { readAuditLog } from "../../lab/control-plane/audit";
import { makeCertificates } from "../../lab/control-plane/certificates";
import type { Certificates } from "../../lab/control-plane/certificates";
import { kubeconfig, makeUsers, tokenFile } from "../../lab/control-plane/users";

describe("lab/control-plane", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "control-plane-"));
  let certificates: Certificates;
  let authority: X509Certificate;

  before(async () => {
    certificates = await makeCertificates(path.join(directory, "pki"));
    authority = new X509Certificate(fs.readFileSync(certificates.caFile));
  });
  after(() => fs.rmSync(directory, { recursive: true, force: true }));

  it("signs the API server's certificate for every name and address of the server", () => {
    const serving = new X509Certificate(fs.readFileSync(certificates.servingCertFile));
    assert.ok(authority.ca);
    assert.ok(serving.verify(authority.publicKey));
    for (const name of ["localhost", "kubernetes", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]) {
      assert.equal(serving.checkHost(name), name);
    }
    for (const address of ["127.0.0.1", "10.0.1.10", "10.96.0.1"]) {
      assert.equal(serving.checkIP(address), address);
    }
    assert.equal(serving.checkIP("10.0.2.11"), undefined);
  });

  it("writes private keys that other users of the machine cannot read", () => {
    const { kubeletClientKeyFile, servingKeyFile, serviceAccountKeyFile } = certificates;
    for (const file of [kubeletClientKeyFile, servingKeyFile, serviceAccountKeyFile]) {
      assert.equal(fs.statSync(file).mode & 0o077, 0, file);
    }
  });

  it("makes new tokens in each run, and quotes the groups in the token file", () => {
    const users = makeUsers();
    assert.notEqual(users.admin.token, makeUsers().admin.token);
    const lines = tokenFile([users.admin, users.scheduler]).split("\n");
    assert.equal(lines[0], `${users.admin.token},admin,admin,"system:masters"`);
    assert.equal(lines[1], `${users.scheduler.token},system:kube-scheduler,system:kube-scheduler`);
  });

  it("writes a kubeconfig whose only context is lab", () => {
    const { admin } = makeUsers();
    const config = new KubeConfig();
    config.loadFromString(kubeconfig("https://127.0.0.1:16443", "the authority", admin));
    assert.deepEqual(
      config.getContexts().map((context) => context.name),
      ["lab"],
    );
    assert.equal(config.getCurrentContext(), "lab");
    assert.equal(config.getCurrentCluster()?.server, "https://127.0.0.1:16443");
    assert.equal(Buffer.from(config.getCurrentCluster()?.caData ?? "", "base64").toString(), "the authority");
    assert.equal(config.getCurrentUser()?.token, admin.token);
  });

  it("makes every server listen on loopback only", () => {
    const component = { port: 4, kubeconfig: "kubeconfig", certificates };
    const apiServer = {
      port: 3,
      etcdPort: 1,
      certificates,
      tokenFile: "t",
      auditPolicyFile: "p",
      auditLogFile: "l",
      egressSelectorFile: "e",
    };
    const listening = (args: string[]) => args.filter((arg) => /^--(bind-address|listen-)/.test(arg));
    for (const args of [
      etcdArguments({ clientPort: 1, peerPort: 2, dataDirectory: "data" }),
      apiServerArguments(apiServer),
      controllerManagerArguments(component),
      schedulerArguments(component),
    ]) {
      assert.ok(listening(args).length > 0);
      for (const arg of listening(args)) {
        assert.match(arg, /=(http:\/\/)?127\.0\.0\.1(:|$)/);
      }
    }
  });

  it("finds in the audit log who requested which change, and ignores an incomplete last line", () => {
    const file = path.join(directory, "audit.log");
    const entry = (username: string, requestURI: string) =>
      JSON.stringify({
        requestReceivedTimestamp: "2026-01-01T00:00:00.000000Z",
        user: { username },
        verb: "create",
        requestURI,
        responseStatus: { code: 201 },
      });
    const pods = "/api/v1/namespaces/monitoring/pods";
    fs.writeFileSync(file, [entry("lab", pods), entry("admin", `${pods}?dryRun=All`), '{"kind":'].join("\n"));
    assert.equal(readAuditLog(file).length, 2);
    assert.deepEqual(readAuditLog(file, "admin"), [
      {
        at: "2026-01-01T00:00:00.000000Z",
        user: "admin",
        verb: "create",
        requestUri: `${pods}?dryRun=All`,
        status: 201,
        dryRun: true,
      },
    ]);
    assert.deepEqual(readAuditLog(path.join(directory, "none.log")), []);
  });
});
