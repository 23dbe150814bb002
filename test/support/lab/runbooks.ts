import * as assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { quoted, writeEnvironment } from "../../../lab/environment";
import type { Lab } from "../../../lab/lab";
import { type HttpProxy, startHttpProxy } from "../../../lab/nodes/http-proxy";
import { projectRoot } from "../../../lab/run-directory";
import type { LabStack } from "../../../lab/stack";
import type { Urls } from "../../../lab/web";
import { atOnce } from "../../../tools/shared/at-once";
import {
  asDryRun,
  changesStack,
  filledIn,
  helpOf,
  isChange,
  runbookCommands,
  type RunbookCommand,
  type StackObjects,
  throwAway,
  unknownPlaceholders,
  whyNotOnLab,
} from "../runbook-commands";
import { runbookObjects, statefulSet } from "./runbook-objects";
import { say } from "./with-lab";

/** How many commands run at the same time. Most of them wait for a server. */
const concurrency = 4;
const { NAMESPACE: namespace, POD: pod, JOB: job, NAME: name, CLAIM: claim } = throwAway;

/** A command, as the test runs it, if the lab can run it. */
interface Run extends RunbookCommand {
  readonly isDry: boolean;
  readonly why: string | undefined;
}

/**
 * Tests that run the first three commands of each runbook in a shell, as a user of the lab would. They change only
 * objects that they create, except for a file `probe` in Prometheus' volume.
 */
export function describeRunbooks(lab: () => Lab, deployed: () => { stack: LabStack; urls: Urls }): void {
  const commands: readonly Run[] = runbookCommands().map((command) => ({
    ...command,
    isDry: changesStack(command.text),
    why: whyNotOnLab(command.text),
  }));
  const results = new Map<string, { code: number; output: string }>();
  let home: string;
  let environment: string;
  let proxy: HttpProxy | undefined;
  let stack: StackObjects;

  /** Runs a script in a new shell that has sourced the lab's environment; returns its exit code and its output. */
  async function shell(script: string): Promise<{ code: number; output: string }> {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const lines = [
      "set -e -o pipefail",
      `source ${quoted(environment)}`,
      'cd "$LAB/project"',
      // Only these two get the AWS key. The search for secrets in later suites would find it in other programs.
      "export -n AWS_SECRET_ACCESS_KEY",
      'with_key() { AWS_SECRET_ACCESS_KEY="$AWS_SECRET_ACCESS_KEY" command "$@"; }',
      'aws() { with_key aws "$@"; }',
      // Each output is read once, because the CLI takes a second of processor time to start.
      'pulumi() { [ "$1 $2" = "stack output" ] || { with_key pulumi "$@"; return; }; local kept=~/"output $3"',
      '[ -s "$kept" ] || { with_key pulumi "$@" > "$kept.$$"; mv "$kept.$$" "$kept"; }; cat "$kept"; }',
      // A grep that finds nothing (exit code 1) is not a failure; every other failure in a pipeline is.
      'grep() { command grep "$@" || [ $? -eq 1 ]; }',
      script,
    ];
    const env = { PATH: process.env.PATH, HOME: home };
    const options = { env, extendEnv: false, reject: false, all: true, stdin: "ignore", timeout: 120_000 } as const;
    const { exitCode, all } = await execa("bash", ["-c", lines.join("\n")], options);
    const { password } = deployed().urls.access.login!;
    return { code: exitCode ?? -1, output: all.replaceAll(password.reveal(), "<password>") };
  }

  /** Runs a script that must succeed; returns its output. */
  async function prepared(script: string): Promise<string> {
    const { code, output } = await shell(script);
    assert.equal(code, 0, `${script}\n${output}`);
    return output;
  }

  const asRun = (command: Run) => {
    const text = filledIn(command, stack);
    return command.isDry ? asDryRun(text) : text;
  };
  const faultsOf = (command: Run): string[] => {
    const unknown = unknownPlaceholders(command);
    if (unknown.length > 0) return unknown;
    const { code, output } = results.get(asRun(command))!;
    return code === 0 ? [] : [`${command.text}\nran as: ${asRun(command)}\nexit code ${code}: ${output}`];
  };

  before("log in, and create the objects", async () => {
    home = await mkdtemp(path.join(tmpdir(), "runbooks-"));
    environment = await writeEnvironment(lab());
    const { loadBalancers, controlPlane, machines, nodes } = lab();
    await prepared(`pulumi stack select ${deployed().stack.name}`);
    await prepared("pulumi stack output prometheusUrl; pulumi stack output alertmanagerUrl");
    // As in docs/access.md, "On a command line"; the tool is not run by npm, because the stack is in another folder.
    const login = `node ${quoted(path.join(projectRoot, "run.cjs"))} tools/login/main.ts --http-config`;
    await prepared(`(umask 077; ${login} > ~/.alerting.yml)`);
    // The host names in the stack's outputs lead to load balancers of AWS, so these two tools need a way to the lab's.
    proxy = await startHttpProxy((host) => {
      const url = loadBalancers.urlOf(host);
      if (url === undefined) return { kind: "unknown", reason: `The lab has no load balancer ${host}.` };
      return { kind: "open", port: Number(new URL(url).port) };
    });
    await prepared(`echo 'proxy_url: ${proxy.url}' >> ~/.alerting.yml`);
    await prepared(`kubectl apply -f - <<'END'\n${runbookObjects}\nEND`);
    const inNamespace = `kubectl -n ${namespace}`;
    const wait = `${inNamespace} wait --timeout=60s`;
    const rolledOut = `${inNamespace} rollout status deployment/${name} --timeout=60s`;
    await prepared(`${inNamespace} rollout status statefulset/${statefulSet} --timeout=60s`);
    await nodes.killPod(pod!);
    await prepared(
      [
        // The second revision.
        `${rolledOut}; ${inNamespace} set env deployment/${name} RELEASE=2; ${rolledOut}`,
        `${wait} --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 pod/${pod}`,
        `${wait} --for=condition=Ready pod/${pod}`,
        `${wait} --for=condition=Complete job/${job}`,
        `${wait} --for=jsonpath='{.status.phase}'=Bound pvc/${claim}`,
      ].join("\n"),
    );
    const podOf = (server: string) =>
      prepared(
        `kubectl -n monitoring get pods -l app.kubernetes.io/name=${server} -o jsonpath='{.items[0].metadata.name}'`,
      );
    const nodeOf = (role: string) => machines.find((machine) => machine.role === role)!.name;
    stack = {
      node: nodeOf("worker"),
      master: nodeOf("master"),
      apiServer: new URL(controlPlane.server).host,
      prometheusPod: await podOf("prometheus"),
      alertmanagerPod: await podOf("alertmanager"),
    };
  });

  before("run the commands", async () => {
    const started = Date.now();
    const runnable = commands.filter(
      (command) => command.why === undefined && unknownPlaceholders(command).length === 0,
    );
    const run = async (text: string) => results.set(text, await shell(text));
    const texts = (wanted: (command: Run) => boolean) => [...new Set(runnable.filter(wanted).map(asRun))];
    const readers = texts((command) => command.isDry || !isChange(command.text));
    await atOnce(concurrency, readers, run);
    for (const { text, why } of commands) {
      const help = why === undefined ? undefined : helpOf(text);
      if (help !== undefined && !results.has(help)) await run(help);
    }
    // The changes come last, and deletions after all others, because other commands need the objects.
    const deletes = (text: string) => Number(text.includes(" delete "));
    const changes = texts((command) => !command.isDry && isChange(command.text));
    for (const text of changes.sort((a, b) => deletes(a) - deletes(b))) await run(text);
    say(`${results.size} commands in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  });

  for (const alert of new Set(commands.map((command) => command.alert))) {
    const ofAlert = commands.filter((command) => command.alert === alert);
    const tried = ofAlert.filter(({ why }) => why === undefined);
    const isDry = tried.some((command) => command.isDry);
    if (tried.length > 0) {
      it(`of ${alert} work${isDry ? "; what would change the stack, with --dry-run=server" : ""}`, () => {
        const faults = tried.flatMap(faultsOf);
        assert.equal(faults.length, 0, faults.join("\n\n"));
      });
    }
    for (const { text, why } of ofAlert) if (why !== undefined) it(`of ${alert} include \`${text}\`, but ${why}`);
  }

  it("have flags that kubectl knows, also where kubectl cannot run", () => {
    const helps = commands.filter(({ why }) => why !== undefined).flatMap(({ text }) => helpOf(text) ?? []);
    assert.ok(helps.length > 0);
    for (const help of helps) assert.equal(results.get(help)?.code, 0, `${help}\n${results.get(help)?.output}`);
  });

  it("may end in a grep that finds nothing, and in nothing else that fails", async () => {
    const codeOf = async (script: string) => (await shell(script)).code;
    assert.equal(await codeOf("echo one | grep two"), 0);
    assert.notEqual(await codeOf("echo one | grep -E '('"), 0);
    assert.notEqual(await codeOf("kubectl get nothing | grep two"), 0);
    assert.notEqual(await codeOf("kubectl get nothing; kubectl get nodes"), 0);
    assert.notEqual(await codeOf(`kubectl -n ${namespace} exec ${pod} -- ls /nowhere`), 0);
  });

  after("delete the objects", async () => {
    await prepared(`kubectl delete --wait=false ns/${namespace} pv/${namespace} storageclass/${namespace}`);
    await proxy?.stop();
    await rm(home, { recursive: true });
    // It has credentials, which a later suite on this lab would find where they do not belong.
    await rm(environment);
  });
}
