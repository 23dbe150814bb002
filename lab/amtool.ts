import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { httpConfigText } from "../tools/login/text";
import { findPrograms, programPath } from "./programs/find";
import type { Urls } from "./web";

/** Runs amtool and returns its output. */
export type Amtool = (...args: string[]) => Promise<string>;

/**
 * Runs `work` with an amtool that logs in as an operator's amtool does: by the file that `npm run credentials` writes.
 * The file is deleted afterwards.
 */
export async function withAmtool<T>({ alertmanager, access }: Urls, work: (amtool: Amtool) => Promise<T>): Promise<T> {
  const { execa } = await import("execa");
  const program = programPath(await findPrograms(["amtool"], () => undefined), "amtool");
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "amtool-"));
  const config = path.join(directory, "http.yml");
  const { login, ca } = access;
  try {
    await fs.writeFile(config, login === undefined ? "{}" : httpConfigText({ login }, ca), { mode: 0o600 });
    const first = ["--alertmanager.url", alertmanager, "--http.config.file", config];
    return await work(async (...args) => (await execa(program, [...first, ...args])).stdout);
  } finally {
    await fs.rm(directory, { recursive: true });
  }
}
