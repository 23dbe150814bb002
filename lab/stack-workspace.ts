import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { commandLineOf, descendantsOf, endFamily } from "./process-family";
import { goEnvironment } from "./processes/child";
import type { Programs } from "./programs/program";
import { type CommandContext, LabStack } from "./stack";

/** The workspace of a lab's stacks. It is below the run's directory, separate from the user's own stacks. */
export interface StackWorkspace extends CommandContext {
  create(name: string): Promise<LabStack>;
  /** Makes a workspace for another project in the same backend. The stacks in it have another passphrase. */
  beside(o: { directory: string; projectRoot: string }): Promise<StackWorkspace>;
  /**
   * Waits a limited time until no command runs, and then kills commands that still run. An interrupted command may wait
   * for something that no longer exists.
   */
  settled(): Promise<void>;
}

/** The options of a workspace. */
export interface StackWorkspaceOptions {
  /** The run's directory. */
  readonly directory: string;
  /** The project's root, the directory of Pulumi.yaml and index.ts. */
  readonly projectRoot: string;
  /** The programs to put on the `PATH`: the CLI, and the programs that plugins call. */
  readonly programs: Programs;
  readonly pulumiHome: string;
  /** Directories in which the engine looks for its plugins before it looks on the `PATH`. */
  readonly pluginDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const graceMs = 5_000;

/** Makes a workspace. Its state is kept in files below the run's directory. */
export async function createStackWorkspace(options: StackWorkspaceOptions): Promise<StackWorkspace> {
  const stateDirectory = path.join(options.directory, "state");
  const binDirectory = path.join(options.directory, "bin");
  for (const made of [stateDirectory, binDirectory, options.pulumiHome]) {
    await fs.mkdir(made, { recursive: true });
  }
  for (const program of Object.values(options.programs)) {
    await fs.symlink(program.path, path.join(binDirectory, program.name));
  }
  return open(options, {
    // `PulumiCommand` looks for `bin/pulumi` below this directory.
    pulumiCommand: await PulumiCommand.get({ root: options.directory }),
    pulumiHome: options.pulumiHome,
    env: {
      ...goEnvironment,
      ...options.env,
      PATH: [options.pluginDirectory, binDirectory, process.env.PATH ?? ""].join(path.delimiter),
      PULUMI_HOME: options.pulumiHome,
      // `metadata=skip` means no metadata file beside each state file. If a command is killed, that file can be left
      // empty, and then no later command can read the state.
      PULUMI_BACKEND_URL: `file://${stateDirectory}?metadata=skip`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // The lab chooses and reports the stand-in for a missing plugin, so the engine must not download the plugin.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
    signal: options.signal,
    running: new Set(),
  });
}

/**
 * After each command the Automation API asks the CLI twice for the outputs, and once for the history. {@link LabStack}
 * uses none of these answers, so this function saves those calls of the CLI.
 */
function withoutLookingBack(stack: Stack): Stack {
  return Object.assign(stack, { outputs: () => Promise.resolve({}), history: () => Promise.resolve([]) });
}

/** The data that all workspaces of one backend share. */
interface Backend {
  readonly pulumiCommand: PulumiCommand;
  readonly pulumiHome: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly running: Set<Promise<unknown>>;
}

/**
 * Makes a work directory with a copy of the project's Pulumi.yaml, in which one more line, `main`, names the project's
 * program. So the CLI runs the same program, but writes the configuration of stacks into the work directory instead of
 * the user's. Secrets are encrypted with a passphrase that is made for the run.
 */
async function open(o: { directory: string; projectRoot: string }, backend: Backend): Promise<StackWorkspace> {
  const directory = path.join(o.directory, "project");
  const logDirectory = path.join(o.directory, "engine");
  const passphraseFile = path.join(o.directory, "passphrase");
  for (const made of [directory, logDirectory]) {
    await fs.mkdir(made, { recursive: true });
  }
  await fs.writeFile(passphraseFile, randomBytes(18).toString("base64url"), { mode: 0o600 });
  await writeProjectFile(o.projectRoot, directory);
  const { pulumiCommand, pulumiHome, signal, running } = backend;
  const env = { ...backend.env, PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile };
  const localWorkspace = await LocalWorkspace.create({
    workDir: directory,
    pulumiHome,
    pulumiCommand,
    envVars: env,
    secretsProvider: "passphrase",
  });
  const workspace: StackWorkspace = {
    command: pulumiCommand.command,
    directory,
    logDirectory,
    env,
    signal,
    running,
    settled: async () => {
      await Promise.race([Promise.allSettled(running), delay(graceMs, undefined, { ref: false })]);
      for (const pid of descendantsOf(process.pid)) {
        if (commandLineOf(pid).startsWith(`${workspace.command} `)) {
          endFamily(pid);
        }
      }
    },
    create: async (name) => new LabStack(name, withoutLookingBack(await Stack.create(name, localWorkspace)), workspace),
    beside: (other) => open(other, backend),
  };
  return workspace;
}

/** Writes the Pulumi.yaml that makes the stacks of a work directory run a program, maybe of another checkout. */
export async function writeProjectFile(projectRoot: string, directory: string): Promise<void> {
  const file = path.join(projectRoot, "Pulumi.yaml");
  const project = parse(await fs.readFile(file, "utf8")) as Record<string, unknown>;
  const main = path.resolve(projectRoot, typeof project.main === "string" ? project.main : ".");
  await fs.writeFile(path.join(directory, "Pulumi.yaml"), stringify({ ...project, main }));
}
