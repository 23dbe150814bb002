import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { EngineEvent, Stack, StackSettings } from "@pulumi/pulumi/automation";
import type { Say } from "./progress";

/** The context in which each command of a stack runs. */
export interface CommandContext {
  /** The path of the CLI. */
  readonly command: string;
  /** The work directory, which contains a Pulumi.yaml and the Pulumi.<stack>.yaml files of the lab's stacks. */
  readonly directory: string;
  readonly logDirectory: string;
  /** The environment of every command. */
  readonly env: Readonly<Record<string, string>>;
  /** The signal that interrupts running commands, as Ctrl-C would. */
  readonly signal: AbortSignal;
  /** The commands that are running. */
  readonly running: Set<Promise<unknown>>;
}

/** The configuration of a stack, by full key, for example `alerting:nodes`. */
export type StackConfig = Readonly<Record<string, unknown>>;

/** The commands of the CLI that the lab runs. */
export type Command = "preview" | "up" | "refresh" | "destroy";

/** The result of a successful command. */
export interface StackRun {
  /** The number of resources by operation (`create`, `same`, ...). */
  readonly changes: Readonly<Record<string, number>>;
  /** The engine's operation for each resource that changes. */
  readonly steps: readonly Step[];
  /** Warnings and errors that the engine reported. */
  readonly diagnostics: readonly string[];
  /** Everything that the CLI printed, as a user sees it. */
  readonly output: string;
  readonly logFile: string;
}

/** The engine's operation, planned or done, for one resource. */
export interface Step {
  readonly operation: string;
  readonly type: string;
  readonly name: string;
}

/** The error for a failed command of the CLI. Its `message` contains the reason that a user sees. */
export class StackError extends Error {
  constructor(
    command: Command,
    public readonly run: StackRun,
    reason: string,
  ) {
    super(`pulumi ${command} failed:\n${reason}\nThe full output is in ${run.logFile}`);
    this.name = "StackError";
  }
}

/** A stack of the project in the lab. The lab runs it with the CLI, as users run their stacks. */
export class LabStack {
  private runs = 0;
  /** The result of the last encryption of secrets, so that `configure` can reuse the ciphertexts. */
  private encrypted: { readonly of: string; readonly settings: Readonly<Record<string, unknown>> } | undefined;

  constructor(
    public readonly name: string,
    private readonly stack: Stack,
    private readonly workspace: CommandContext,
  ) {}

  /**
   * Replaces the whole configuration. The values of `secrets`, by key path, are encrypted as by
   * `pulumi config set --secret`.
   */
  public async configure(config: StackConfig, secrets: Readonly<Record<string, string>> = {}): Promise<void> {
    const { workspace } = this.stack;
    const settings = await workspace.stackSettings(this.name);
    // If neither the secrets nor the encryption key changed, the ciphertexts are reused, which saves calls of the CLI.
    const known = this.encrypted?.of === identityOf(secrets, settings) ? this.encrypted.settings : undefined;
    // Values that are maps or lists are written into the stack file, as users write them.
    settings.config = { ...config, ...known };
    await workspace.saveStackSettings(this.name, settings);
    if (known !== undefined) {
      return;
    }
    for (const [key, value] of Object.entries(secrets)) {
      // The Automation API would pass the value as a process argument, which every user of the machine can read.
      await this.cli(["config", "set", "--secret", "--path", key, "--stack", this.name], value);
    }
    const now = await workspace.stackSettings(this.name);
    // A setting is not reused if it also has parts that are not secret.
    const keys = Object.keys(secrets).map((key) => /^[^:]+:[^.[]+/.exec(key)?.[0] ?? key);
    this.encrypted = keys.some((key) => key in config)
      ? undefined
      : {
          of: identityOf(secrets, now),
          settings: Object.fromEntries(keys.map((key) => [key, now.config?.[key]])),
        };
  }

  public preview(say: Say, options: { refresh?: boolean } = {}): Promise<StackRun> {
    return this.run("preview", say, (common) => this.stack.preview({ ...common, diff: true, ...options }));
  }

  public up(say: Say, options: { refresh?: boolean; target?: string[]; signal?: AbortSignal } = {}): Promise<StackRun> {
    const either = options.signal && AbortSignal.any([options.signal, this.workspace.signal]);
    return this.run("up", say, (common) =>
      this.stack.up({ ...common, showSecrets: false, ...options, ...(either && { signal: either }) }),
    );
  }

  public refresh(say: Say): Promise<StackRun> {
    return this.run("refresh", say, (common) => this.stack.refresh({ ...common, showSecrets: false }));
  }

  public destroy(say: Say, options: { excludeProtected?: boolean } = {}): Promise<StackRun> {
    return this.run("destroy", say, (common) => this.stack.destroy({ ...common, showSecrets: false, ...options }));
  }

  /** The state as `pulumi stack export` shows it, with encrypted secrets. */
  public async exported(): Promise<string> {
    return this.cli(["stack", "export", "--stack", this.name]);
  }

  /** The output of `pulumi stack output`, with masked secrets. */
  public async shownOutputs(): Promise<string> {
    return this.cli(["stack", "output", "--json", "--stack", this.name]);
  }

  /** The outputs as the CLI shows them. It would show a secret output as `[secret]`. */
  public async plainOutputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.shownOutputs()) as Record<string, unknown>;
  }

  /** Removes the stack and its configuration. */
  public async remove(): Promise<void> {
    await this.stack.workspace.removeStack(this.name, { force: true });
  }

  /** Runs `pulumi preview --json`, as the workflow of a pull request does. The command may fail. */
  public async previewJson(further: readonly string[] = []) {
    // tsx can load this ES module only by a dynamic import.
    const { execa } = await import("execa");
    const { command, directory, env } = this.workspace;
    return execa(
      command,
      ["preview", "--json", "--non-interactive", "--color", "never", "--stack", this.name, ...further],
      { cwd: directory, env, reject: false, maxBuffer: 256 * 1024 * 1024 },
    );
  }

  /** Runs `pulumi <args>` in the stack's directory and returns the output. */
  public async cli(
    args: readonly string[],
    input?: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    // tsx can load this ES module only by a dynamic import.
    const { execa } = await import("execa");
    const { stdout } = await execa(this.workspace.command, [...args, "--non-interactive"], {
      cwd: this.workspace.directory,
      env: { ...this.workspace.env, ...env },
      input: input ?? "",
    });
    return stdout;
  }

  private async run(
    command: Command,
    say: Say,
    start: (common: Parameters<Stack["preview"]>[0] & object) => Promise<unknown>,
  ): Promise<StackRun> {
    this.runs += 1;
    const base = path.join(this.workspace.logDirectory, `${this.name}-${this.runs}-${command}`);
    const logFile = `${base}.log`;
    const log = await fs.open(logFile, "a");
    const eventLog = await fs.open(`${base}.events.jsonl`, "a");
    const follower = new EngineFollower(say);
    const writes: Promise<unknown>[] = [];
    let output = "";
    const keep = (text: string) => {
      output += text;
      writes.push(log.write(text));
    };
    const summary = (): StackRun => ({
      changes: follower.changes,
      steps: follower.steps,
      diagnostics: follower.diagnostics,
      output,
      logFile,
    });
    const running = start({
      color: "never",
      onOutput: keep,
      onError: keep,
      onEvent: (event) => {
        follower.follow(event);
        // The SDK's debug messages are not kept, because they contain every property of every resource, with secrets in
        // clear. The CLI sends them to the program that drives it, even if it does not print them.
        if (String(event.diagnosticEvent?.severity) !== "debug") {
          writes.push(eventLog.write(`${JSON.stringify(event)}\n`));
        }
      },
      signal: this.workspace.signal,
    });
    this.workspace.running.add(running);
    try {
      await running;
      return summary();
    } catch (error) {
      throw new StackError(command, summary(), follower.errors.join("\n") || lastLines(output) || String(error));
    } finally {
      this.workspace.running.delete(running);
      await Promise.all(writes);
      await Promise.all([log.close(), eventLog.close()]);
    }
  }
}

/** Shows the engine's events as progress, and collects the data for the command's result. */
class EngineFollower {
  public changes: Record<string, number> = {};
  public readonly diagnostics: string[] = [];
  public readonly errors: string[] = [];
  public readonly steps: Step[] = [];
  private done = 0;

  constructor(private readonly say: Say) {}

  public follow(event: EngineEvent): void {
    if (event.resourcePreEvent !== undefined) {
      const { op, type, urn } = event.resourcePreEvent.metadata;
      const name = urn.split("::").at(-1) ?? "";
      if (op !== "same") {
        this.say(`${op} ${type} ${name} (${this.done} done)`);
        this.steps.push({ operation: op, type, name });
      }
    }
    if (event.resOutputsEvent !== undefined) {
      this.done += 1;
    }
    if (event.diagnosticEvent !== undefined && event.diagnosticEvent.ephemeral !== true) {
      const { severity, message } = event.diagnosticEvent;
      // Colors are marked up like this: <{%fg 1%}>.
      const text = message.replaceAll(/<\{%.*?%\}>/g, "").trim();
      // Messages about plugins on the PATH are skipped, because the run's list of parts shows where plugins come from.
      if ((severity === "error" || severity === "warning") && !/^using pulumi-\S+ from \$PATH/.test(text)) {
        this.diagnostics.push(text);
        this.say(`${severity}: ${text.split("\n")[0] ?? ""}`);
      }
      if (severity === "error") {
        this.errors.push(text);
      }
    }
    if (event.summaryEvent !== undefined) {
      this.changes = { ...event.summaryEvent.resourceChanges };
    }
  }
}

/** A string that differs if the secrets differ or the key with which they are encrypted. */
function identityOf(secrets: object, { encryptionSalt, encryptedKey, secretsProvider }: StackSettings): string {
  return JSON.stringify([secrets, encryptionSalt, encryptedKey, secretsProvider]);
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-15).join("\n");
}
