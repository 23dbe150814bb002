import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { commandLineOf, descendantsOf, endFamily } from "./process-family";
import type { Programs } from "./programs/program";
import { type CommandContext, LabStack } from "./stack";

/** Where the stacks of one lab live: apart from the user's own, under the run's directory. */
export interface StackWorkspace extends CommandContext {
  create(name: string): Promise<LabStack>;
  /** A workspace of another project in the same backend, whose stacks have another passphrase. */
  beside(o: { directory: string; projectRoot: string }): Promise<StackWorkspace>;
  /** Waits until no command runs, but not for long: one that was interrupted may wait for what is gone, and is ended. */
  settled(): Promise<void>;
}

/** What a workspace is made from. */
export interface StackWorkspaceOptions {
  /** The run's directory. */
  readonly directory: string;
  /** The project: where Pulumi.yaml and index.ts are. */
  readonly projectRoot: string;
  /** Put on the PATH: the CLI, and what plugins call. */
  readonly programs: Programs;
  readonly pulumiHome: string;
  /** Directories that the engine finds its plugins in, before the PATH. */
  readonly pluginDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const graceMs = 5_000;

/** State goes into files, below the run's directory. */
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
    // It looks for bin/pulumi below the root that it is given.
    pulumiCommand: await PulumiCommand.get({ root: options.directory }),
    pulumiHome: options.pulumiHome,
    env: {
      ...options.env,
      PATH: [options.pluginDirectory, binDirectory, process.env.PATH ?? ""].join(path.delimiter),
      PULUMI_HOME: options.pulumiHome,
      // Without a file of metadata beside each: a kill can leave one empty, and then no command reads the state any more.
      PULUMI_BACKEND_URL: `file://${stateDirectory}?metadata=skip`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // The lab chooses what stands in for a missing plugin and reports it; nothing is fetched unnoticed.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
    signal: options.signal,
    running: new Set(),
  });
}

/**
 * After each command the Automation API asks the CLI for the outputs, twice, and for the history. {@link LabStack} uses
 * none of the answers and asks for outputs itself: these runs of the CLI are saved.
 */
function withoutLookingBack(stack: Stack): Stack {
  return Object.assign(stack, { outputs: () => Promise.resolve({}), history: () => Promise.resolve([]) });
}

/** What the workspaces of one backend share. */
interface Backend {
  readonly pulumiCommand: PulumiCommand;
  readonly pulumiHome: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly running: Set<Promise<unknown>>;
}

/**
 * Makes a work directory whose Pulumi.yaml is the project's own plus one line, `main`, that names the project's
 * directory: the same program runs, in its own directory, and no file of the user's is written (a stack's configuration
 * is always written beside Pulumi.yaml). What is secret is encrypted with a passphrase that is made for the run.
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

/** Has the stacks of a work directory run the program of a project, which may be another checkout of this one. */
export async function writeProjectFile(projectRoot: string, directory: string): Promise<void> {
  const file = path.join(projectRoot, "Pulumi.yaml");
  const project = parse(await fs.readFile(file, "utf8")) as Record<string, unknown>;
  const main = path.resolve(projectRoot, typeof project.main === "string" ? project.main : ".");
  await fs.writeFile(path.join(directory, "Pulumi.yaml"), stringify({ ...project, main }));
}
