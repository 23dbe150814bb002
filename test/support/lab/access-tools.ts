import * as assert from "node:assert/strict";
import * as path from "node:path";
import type { Lab } from "../../../lab/lab";
import { type CustomCertificate, pageHosts } from "../../../lab/custom-certificate";
import { projectRoot } from "../../../lab/run-directory";
import type { Urls } from "../../../lab/web";
import type { LabStack } from "../../../lab/stack";
import { ask } from "../../../lab/web";
import type { Row } from "../../../tools/shared/check-result";
import { SecretText } from "../../../tools/stack/secret-text";
import { runDrillCommand } from "../drill-command";
import { say } from "./with-lab";

/** A stack whose pages have a password and a custom certificate. */
interface Guarded {
  readonly stack: LabStack;
  readonly urls: Urls;
  readonly certificate: CustomCertificate;
}

/** Tests of the commands that people run beside such a stack. The tests do not change the stack. */
export function describeAccessTools(lab: () => Lab, guarded: () => Guarded): void {
  let stack: LabStack;
  let urls: Urls;
  let privateKey: string;
  let user: string;

  before("look at the stack", () => {
    ({ stack, urls } = guarded());
    privateKey = guarded().certificate.key.split("\n")[1]!;
    user = urls.access.login!.user;
  });

  /** Runs a tool as a person does, in the stack's directory. */
  async function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { execa } = await import("execa");
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [path.join(projectRoot, "run.cjs"), `tools/${command}/main.ts`, "--stack", stack.name, ...args],
      { cwd: lab().stacks.directory, env: { ...lab().stacks.env, ...env }, reject: false, stdin: "ignore" },
    );
    assert.doesNotMatch(`${stdout}${stderr}`, /\bat .*\.[jt]s:\d+/, "no stack trace");
    assert.ok(!`${stdout}${stderr}`.includes(privateKey), "no private key");
    return { stdout, stderr, code: exitCode ?? -1 };
  }

  const password = () => urls.access.login!.password.reveal();
  function requireUntold(text: string): void {
    say(text);
    assert.ok(!text.includes(password()), "no password");
    assert.ok(!text.includes(privateKey), "no private key");
  }

  it("print addresses, a user and a password that give access to the pages", async () => {
    const { stdout, code } = await run("login", ["--json"]);
    assert.equal(code, 0);
    const read = JSON.parse(stdout) as Record<string, string>;
    assert.equal(read.prometheusUrl, `https://${pageHosts.prometheus}`);
    assert.equal(read.alertmanagerUrl, `https://${pageHosts.alertmanager}`);
    const login = { user: read.user!, password: new SecretText(read.password!) };
    for (const origin of [urls.prometheus, urls.alertmanager]) {
      assert.equal((await ask(`${origin}/-/ready`, { ...urls.access, login: undefined })).status, 401);
      assert.equal((await ask(`${origin}/-/ready`, { ...urls.access, login })).status, 200);
    }
  });

  it("find no problem with the pages and the certificate, and use the API server if the hosts do not resolve", async () => {
    const { stdout, stderr, code } = await run("preflight", ["--json"]);
    requireUntold(stdout + stderr);
    const { rows } = JSON.parse(stdout) as { rows: Row[] };
    const of = (check: string) => rows.find((row) => row.check === check)!;
    assert.deepEqual(
      // The stack has one Prometheus and one Alertmanager, which the row "availability" warns of.
      rows.filter(({ check, status }) => status !== "ok" && check !== "availability"),
      [],
    );
    assert.equal(code, 0);
    for (const page of ["Prometheus page", "Alertmanager page"]) {
      const { what } = of(page);
      assert.ok(what.startsWith(`asks for a password, and accepts that of ${user} (a port-forward to pod `), what);
    }
    assert.match(
      of("certificate").what,
      /^is for prometheus\.lab\.example, alertmanager\.lab\.example, .* in \d+ days\.$/,
    );
  });

  for (const [way, args] of [
    ["through the API server", () => []],
    ["at a load balancer of this machine", () => ["--alertmanager", urls.alertmanager]],
  ] as const) {
    it(`deliver a drill ${way}, with the password and the stack's custom authority`, async () => {
      const drill = runDrillCommand(
        ["--stack", stack.name, "--out", path.join(lab().directory, "drills", way), ...args()],
        { cwd: lab().stacks.directory, env: lab().stacks.env },
      );
      const { code, output } = await drill.ended;
      requireUntold(output);
      assert.equal(code, 0, output);
      assert.ok(output.includes(`Alertmanager asks for a password, and accepts that of ${user}`), output);
    });
  }

  it("report a missing passphrase, without which they cannot read the password", async () => {
    const env = Object.fromEntries(
      Object.entries(lab().stacks.env).filter(([variable]) => !variable.startsWith("PULUMI_CONFIG_PASSPHRASE")),
    );
    const args = ["--stack", stack.name, "--alertmanager", urls.alertmanager];
    const { code, output } = await runDrillCommand(args, { cwd: lab().stacks.directory, env }).ended;
    assert.equal(code, 1);
    assert.match(output, /The stack's own authority cannot be read: .*passphrase must be set/);
  });
}
