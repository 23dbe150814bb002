import * as assert from "node:assert/strict";
import { loadConfig } from "../../../../config";
import { type WebKeys } from "../../../../tools/stack/web/keys";
import { concealed } from "../../../../tools/preflight/conceal";
import { reachCluster } from "../../../../tools/preflight/cluster";
import { certificateCheck } from "../../../../tools/preflight/checks/certificate";
import { pageChecks } from "../../../../tools/preflight/checks/pages";
import { runChecks } from "../../../../tools/preflight/run";
import { StackUnreadable } from "../../../../tools/stack/cli";
import { NotApplied } from "../../../../tools/stack/outputs";
import { SecretText } from "../../../../tools/stack/secret-text";
import { type FakeAlertmanager, fakeAlertmanager } from "../../../support/fake-alertmanager";
import { FakeCluster } from "../../../support/fake-cluster";
import { authority, certificate, type Pems } from "../../../support/page-certificates";
import { source, type Values } from "../../../support/settings";

const [first, second] = ["alerting-1", "alerting-2"].map((user) => ({
  user,
  password: new SecretText(`pWcAnArY-${user}-0000`),
}));
const users = (...logins: (typeof first)[]) =>
  Object.fromEntries(logins.map((login) => [login!.user, login!.password.reveal()]));
const withPassword = { access: { password: true } };

describe("a preflight's check of the pages", function () {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function page(tls?: Pems): Promise<FakeAlertmanager> {
    const made = await fakeAlertmanager(tls);
    closers.push(() => made.stop());
    return made;
  }

  /** The rows of the two pages. No row may contain a password. */
  async function look(
    outputs: Record<string, unknown> | Error,
    { logins = [], values = withPassword, ca }: { logins?: (typeof first)[]; values?: Values; ca?: string } = {},
  ) {
    const keys: WebKeys = {
      stack: "dev",
      logins: () => Promise.resolve(logins as never),
      authority: () => Promise.resolve(ca),
      read: () => [],
    };
    const cluster = await FakeCluster.start();
    closers.push(() => cluster.stop());
    const configuration = loadConfig(source({ kubeconfig: cluster.kubeconfig(), ...values }));
    const pages = {
      outputs: () => (outputs instanceof Error ? Promise.reject(outputs) : Promise.resolve(outputs)),
      keys,
    };
    const rows = await runChecks(pageChecks(configuration, pages, reachCluster(configuration, 2_000)));
    assert.doesNotMatch(JSON.stringify(rows), /pWcAnArY/);
    assert.deepEqual(
      rows.map(({ check }) => check),
      ["Prometheus page", "Alertmanager page"],
    );
    return rows;
  }
  const both = ({ origin }: FakeAlertmanager) => ({ prometheusUrl: origin, alertmanagerUrl: origin });
  const statuses = (rows: Awaited<ReturnType<typeof look>>) => rows.map(({ status }) => status);

  it("is ok if both pages refuse requests without a password and accept the stack's password", async () => {
    const server = await page();
    server.users = users(second);
    const rows = await look(both(server), { logins: [second] });
    assert.deepEqual(statuses(rows), ["ok", "ok"]);
    assert.match(
      rows[1]!.what,
      /^asks for a password, and accepts that of alerting-2 \(the load balancer http:\/\/127\.0\.0\.1:\d+\)\.$/,
    );
    assert.deepEqual([...server.seen].sort(), ["", "alerting-2"]);
  });

  it("warns if the server does not know the new password yet", async () => {
    const server = await page();
    server.users = users(first);
    const rows = await look(both(server), { logins: [second, first] });
    assert.deepEqual(statuses(rows), ["warning", "warning"]);
    assert.match(rows[0]!.what, /accepts that of alerting-1 .*Prometheus does not know the password of alerting-2 yet/);
  });

  it("fails if the server does not accept the password", async () => {
    const server = await page();
    server.users = users(first);
    const rows = await look(both(server), { logins: [second] });
    assert.deepEqual(statuses(rows), ["failed", "failed"]);
    assert.match(rows[0]!.what, /does not accept the password of alerting-2 \(401\): it has been rotated since/);
  });

  it("reports open pages: open by setting, open until the next `up`, and open although they should be closed", async () => {
    const server = await page();
    const bySetting = await look(both(server), { values: { access: { password: false } } });
    assert.deepEqual(statuses(bySetting), ["ok", "ok"]);
    assert.match(bySetting[0]!.what, /^is open to anyone who reaches it \(.*\), as alerting:access\.password says\.$/);
    const soon = await look(both(server));
    assert.deepEqual(statuses(soon), ["warning", "warning"]);
    assert.match(soon[0]!.todo!, /`pulumi up` protects it with the password/);
    const wrong = await look(both(server), { logins: [first] });
    assert.deepEqual(statuses(wrong), ["failed", "failed"]);
    assert.match(wrong[0]!.what, /is open to anyone who reaches it .* although the stack was applied with a password/);
  });

  it("reports that the next `up` opens pages that are still closed", async () => {
    const server = await page();
    server.users = users(first);
    const [row] = await look(both(server), { logins: [first], values: { access: { password: false } } });
    assert.match(
      row!.what,
      /accepts that of alerting-1 .*; `pulumi up` opens it, as alerting:access\.password says\.$/,
    );
  });

  it("passes before the first `up`, and says why if the stack's outputs cannot be read", async () => {
    const before = await look(new NotApplied("no outputs."));
    assert.deepEqual([statuses(before), before[0]!.what], [["ok", "ok"], "`pulumi up` creates it."]);
    const shut = await look(new StackUnreadable("passphrase must be set."));
    assert.deepEqual([statuses(shut), shut[0]!.what], [["skipped", "skipped"], "passphrase must be set."]);
  });

  it("is skipped, with a reason, if neither the load balancer nor a pod can be reached", async () => {
    const nowhere = "http://127.0.0.1:1";
    const rows = await look({ prometheusUrl: nowhere, alertmanagerUrl: nowhere }, { logins: [first] });
    assert.deepEqual(statuses(rows), ["skipped", "skipped"]);
    assert.match(
      rows[0]!.what,
      /^was not seen from here: http:\/\/127\.0\.0\.1:1\/-\/ready does not answer: .*, and .*\.$/,
    );
    const noCluster = await look(
      { prometheusUrl: nowhere, alertmanagerUrl: nowhere },
      { values: { ...withPassword, context: "unknown" } },
    );
    assert.match(noCluster[0]!.what, /and the cluster was not reached\.$/);
  });

  it("fails if a page's certificate is not valid, and then checks nothing else on that page", async () => {
    const by = await authority();
    const expired = await page(await certificate(["localhost"], { by, from: -9, to: -2 }));
    const outputs = both(expired);
    const url = (text: string) => text.replace("127.0.0.1", "localhost");
    const rows = await look(
      { prometheusUrl: url(outputs.prometheusUrl), alertmanagerUrl: url(outputs.alertmanagerUrl) },
      { logins: [first], ca: by.cert },
    );
    assert.deepEqual(statuses(rows), ["failed", "failed"]);
    assert.match(rows[0]!.what, /is not trusted: its certificate has expired/);
    assert.deepEqual([...expired.seen], []);
  });

  it("hides a password in every row, whatever its source", () => {
    const row = { check: "x", status: "failed" as const, what: `it said ${first!.password.reveal()}.` };
    assert.deepEqual(concealed([row], [first!.password])[0]!.what, "it said [secret].");
  });

  describe("about the certificate", () => {
    const urls = (host: string) => ({
      prometheus: { externalUrl: `https://${host}` },
      alertmanager: { externalUrl: `https://${host}` },
    });
    async function row(pems: Pems | undefined, values: Values = {}) {
      const own = pems && { chain: pems.cert, ca: pems.cert };
      const [found, ...more] = await runChecks([certificateCheck(loadConfig(source(values)), own)]);
      assert.deepEqual(more, []);
      return found!;
    }

    it("shows its hosts and the days left", async () => {
      const found = await row(await certificate(["a.example", "b.example"], { to: 90 }), urls("a.example"));
      assert.equal(found.status, "ok");
      assert.match(found.what, /^is for a\.example, b\.example, and expires on \d{4}-\d\d-\d\d, in 90 days\.$/);
    });

    it("warns if it ends soon, and fails if it has ended, has not begun, or is for another host", async () => {
      const soon = await row(await certificate(["a.example"], { to: 5 }), urls("a.example"));
      assert.equal(soon.status, "warning");
      assert.match(soon.what, /in 5 days\.$/);
      assert.match(soon.todo!, /docs\/access\.md/);
      const failures: [Pems, RegExp][] = [
        [await certificate(["a.example"], { from: -9, to: -2 }), /^of a\.example has expired on \d{4}-/],
        [await certificate(["a.example"], { from: 3 }), /^of a\.example is not valid yet, only from \d{4}-/],
        [await certificate(["b.example"]), /^is for b\.example, but not for a\.example/],
      ];
      for (const [pems, says] of failures) {
        const found = await row(pems, urls("a.example"));
        assert.equal(found.status, "failed", found.what);
        assert.match(found.what, says);
      }
    });

    it("leaves an invalid certificate to the check of the configuration, and does not check ACM's certificates", async () => {
      assert.equal((await row({ cert: "none", key: "" })).status, "skipped");
      const arn = "arn:aws:acm:ap-northeast-2:000000000000:certificate/00000000-0000-0000-0000-000000000000";
      assert.match((await row(undefined, { access: { certificateArn: arn } })).what, /ACM was not asked about it\.$/);
      assert.match(
        (await row(undefined)).what,
        /^there is none: the pages, and the password, cross the network unencrypted/,
      );
    });
  });
});
