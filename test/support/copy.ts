import { spawn } from "node:child_process";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";

/** A copy of the project in a temporary directory, to open doors in. */
export interface Copy {
  /** The copy itself. */
  readonly root: string;
  /** A directory beside it, for logs and reports. */
  readonly logs: string;
  remove(): Promise<void>;
}

/** What is not copied: packages are linked, the rest is of no use to a test. */
const LEFT_OUT = new Set(["node_modules", ".git", ".lab"]);

/** Copies the project as it stands, uncommitted changes included. It is removed with this process, however that ends. */
export async function copyOf(project: string): Promise<Copy> {
  const directory = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "alerting-doors-")));
  const goOn = removeWhenThisEnds(directory);
  const root = path.join(directory, "copy");
  const logs = path.join(directory, "logs");
  await fs.cp(project, root, { recursive: true, filter: (source) => !LEFT_OUT.has(path.basename(source)) });
  await fs.symlink(await fs.realpath(path.join(project, "node_modules")), path.join(root, "node_modules"));
  await fs.mkdir(logs);
  return {
    root,
    logs,
    remove: async () => {
      await fs.rm(directory, { recursive: true, force: true });
      goOn();
    },
  };
}

/** A small shell waits for the end of a pipe that this process holds open while it lives: SIGKILL leaves nothing either. */
function removeWhenThisEnds(directory: string): () => void {
  const script = 'read -r line; until rm -rf -- "$0"; do sleep 1; done';
  const watcher = spawn("/bin/sh", ["-c", script, directory], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
  });
  watcher.unref();
  return () => watcher.stdin.end();
}
