import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Say } from "../progress";
import { onPath } from "./command";
import { startTicker } from "./ticker";

/** The options of a lock. */
export interface LockOptions {
  readonly directory: string;
  readonly unit: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  readonly signal?: AbortSignal;
}

/**
 * Runs the work while no other process on this machine runs work under a lock of the same name. The program `flock`
 * holds the lock while its standard input is open, so the lock is released even if this process is killed.
 */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const [flock] = onPath("flock", options.env);
  if (flock === undefined) {
    throw new Error(
      "flock is not on PATH; it keeps two labs from filling the cache at the same time. Install util-linux.",
    );
  }
  const locks = path.join(options.directory, "locks");
  await mkdir(locks, { recursive: true });
  const holder = spawn(flock, [path.join(locks, options.unit), "sh", "-c", "echo held; exec cat"], {
    env: options.env,
    stdio: ["pipe", "pipe", "inherit"],
    // `flock` runs in a separate session, so that Ctrl-C does not release the lock before the work has ended.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  const abandon = () => holder.kill();
  options.signal?.addEventListener("abort", abandon, { once: true });
  const ticker = startTicker(
    options.say,
    (elapsed) => `waiting for another run that installs ${options.unit}, ${elapsed}`,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once("data", () => resolve());
      holder.once("error", (error) => reject(new Error(`the lock of ${options.unit} failed: ${error.message}`)));
      holder.once("close", () => reject(new Error(`waiting for the lock of ${options.unit} was given up`)));
    });
  } finally {
    ticker.stop();
    // From now on the work itself must handle an abort.
    options.signal?.removeEventListener("abort", abandon);
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
