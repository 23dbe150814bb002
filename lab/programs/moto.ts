import { createHash } from "node:crypto";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { isExecutable, onPath, run } from "./command";
import type { InstallContext } from "./missing";
import { formatSeconds, startTicker } from "./ticker";

/** The file with the versions of moto and all its dependencies. */
const requirements = path.join(__dirname, "moto", "requirements.txt");

/**
 * A Python script that prints moto's version, because `moto_server` has no `--version`. It also looks for Flask, which
 * is installed only with the extra that the server needs.
 */
const askVersion = `
import importlib.metadata, importlib.util
print(importlib.metadata.version("moto") if importlib.util.find_spec("flask_cors") else "without its server extra")
`;

/**
 * The script that starts `moto_server`. The script that pip installs would not work, because it contains the path of
 * the virtual environment, whose folder is moved when it is complete.
 */
const launcher = `#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/venv/bin/python" -m moto.server "$@"
`;

/** The key of moto in the cache. It contains a hash of the requirements, so that changed requirements are installed. */
export async function motoKey(version: string): Promise<string> {
  const hash = createHash("sha256").update(await readFile(requirements));
  return `${version}-pypi-${hash.digest("hex").slice(0, 12)}`;
}

/** The version of moto in the Python environment of a `moto_server` script. */
export async function motoVersion(file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const python = await pythonOf(file);
  if (python === undefined) {
    throw new Error("the Python that it runs with was not found");
  }
  return (await run(python, ["-c", askVersion], { env, timeoutMs: 20_000 })).stdout.trim();
}

/** Whether a cached environment still works. Its Python belongs to the system, and may have been removed. */
export function motoIsWhole(file: string): boolean {
  return isExecutable(path.join(path.dirname(file), "venv", "bin", "python"));
}

/** Makes a virtual environment with moto in the cache. The caller must hold moto's lock. */
export async function installMoto(key: string, { cache, env, signal, say }: InstallContext): Promise<void> {
  const started = performance.now();
  const [python] = onPath("python3", env);
  if (python === undefined) {
    throw new Error(
      "python3 is not on PATH, and it is needed to install moto. Install Python 3.10 or newer, or put moto_server on PATH.",
    );
  }
  const last = await cache.lastSeconds("moto_server");
  say(
    `installing moto from PyPI into the cache${last === undefined ? "" : `; that took ${formatSeconds(last)} last time`}`,
  );
  const ticker = startTicker(say, (elapsed) => `installing moto, ${elapsed}`);
  await cache
    .withFolder("moto_server", async (work) => {
      const folder = path.join(work, "install");
      const environment = path.join(folder, "venv");
      await mkdir(folder);
      await run(python, ["-m", "venv", environment], { env, signal }).catch((error: Error) => {
        throw new Error(
          `Python cannot make a virtual environment for moto (on Debian it needs the package python3-venv): ${error.message}`,
          { cause: error },
        );
      });
      // Nothing is compiled in advance, because Python compiles the few packages that are imported at their first use.
      const options = ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-input", "-r", requirements];
      const pip = ["-m", "pip", "install", ...options];
      await run(path.join(environment, "bin", "python"), pip, { env, signal });
      await writeFile(path.join(folder, "moto_server"), launcher, { mode: 0o755 });
      await cache.install("moto_server", key, folder);
      await cache.rememberSeconds("moto_server", (performance.now() - started) / 1000);
    })
    .finally(() => ticker.stop());
}

/**
 * The interpreter that the first line of a script names. If the line names none, for example in a version manager's
 * script, the interpreter in the same folder.
 */
async function pythonOf(file: string): Promise<string | undefined> {
  const named = /^#!\s*(\/\S*python[\d.]*)\s*$/m.exec((await startOf(file)).split("\n", 1)[0] as string);
  if (named?.[1] !== undefined) {
    return named[1];
  }
  for (const name of ["python3", "python"]) {
    const beside = path.join(path.dirname(file), name);
    if (isExecutable(beside)) {
      return beside;
    }
  }
  return undefined;
}

async function startOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(256), length: 256 });
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
