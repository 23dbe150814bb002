/**
 * This file runs the `helm` command. Values are passed through standard input, because every user of the machine could
 * read arguments.
 */

import { Session } from "./session";
import { withoutValues } from "./shapes";

/**
 * The minimum length of values that are removed from helm's messages. No secret is shorter, and without shorter values
 * the messages would be unreadable.
 */
const shortestHiddenValue = 12;

/** An error of helm. Its message contains none of the values. */
export class HelmError extends Error {}

export class Helm {
  private readonly program = process.env.LAB_HELM || "helm";
  private version: Promise<string> | undefined;

  constructor(private readonly session: Session) {}

  /**
   * Runs one helm command with `values` on its standard input. `offline` is for commands that do not use the cluster.
   */
  async run(args: readonly string[], o: { values?: unknown; signal: AbortSignal; offline?: boolean }): Promise<string> {
    const connection = o.offline === true ? [] : this.connection();
    const { execa } = await import("execa"); // tsx can load this ES module only by a dynamic import
    const result = await execa(this.program, [...args, ...connection], {
      input: o.values === undefined ? "" : JSON.stringify(o.values),
      reject: false,
      cancelSignal: o.signal,
      maxBuffer: 200_000_000,
    });
    if (!result.failed) return result.stdout;
    if (result.code === "ENOENT") {
      throw new HelmError(`there is no program "${this.program}"; put helm on PATH, or name it by LAB_HELM`);
    }
    if (result.isCanceled) throw new HelmError("helm was stopped: the update was cancelled");
    const message = withoutDebug(result.stderr) || `helm ended with ${result.signal ?? `code ${result.exitCode}`}`;
    throw new HelmError(withoutValues(message, o.values, shortestHiddenValue));
  }

  /** The flag that makes helm wait as helm 3 does, which the real provider contains. Helm 4 calls this "legacy". */
  async waitFlag(signal: AbortSignal): Promise<string> {
    this.version ??= this.run(["version", "--template", "{{.Version}}"], { signal, offline: true });
    return (await this.version).startsWith("v3.") ? "--wait" : "--wait=legacy";
  }

  private connection(): string[] {
    const { context, kubeconfig } = this.session.cluster;
    if (kubeconfig === undefined) return ["--kube-context", context]; // helm uses the same default kubeconfig
    return ["--kubeconfig", kubeconfig, "--kube-context", context];
  }
}

/**
 * Helm's message without its debug output. If helm waited in vain, the message also contains the debug lines about what
 * was not ready.
 */
export function withoutDebug(output: string): string {
  const lines = output.trim().split("\n");
  const isDebug = (line: string): boolean => /^level=|\[debug\]/.test(line);
  const unready = lines.filter((line) => isDebug(line) && /not ready|not bound|does not have enough/i.test(line));
  const last = [...new Set(unready.map((line) => line.replace(/^.*?(msg=|\[debug\] )/, "")))].slice(-3);
  const words = lines.filter((line) => !isDebug(line)).join("\n");
  return last.length === 0 ? words : `${words} (not ready: ${last.join("; ")})`;
}
