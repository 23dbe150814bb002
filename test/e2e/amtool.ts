import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { findPrograms, programPath } from "../../lab/programs/find";
import type { Urls } from "../../lab/secret-search";
import { say } from "./with-lab";

/** Runs amtool and gives what it printed. */
export type Amtool = (...args: string[]) => Promise<string>;

/** amtool as an operator has it: the login in a file that nobody else can read, gone when the work is done. */
export async function withAmtool<T>({ alertmanager, access }: Urls, work: (amtool: Amtool) => Promise<T>): Promise<T> {
  const { execa } = await import("execa");
  const program = programPath(await findPrograms(["amtool"], say), "amtool");
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "amtool-"));
  const config = path.join(directory, "http.yml");
  const { login, ca } = access;
  const given = {
    ...(login && { basic_auth: { username: login.user, password: login.password.reveal() } }),
    ...(ca !== undefined && { tls_config: { ca } }),
  };
  try {
    await fs.writeFile(config, stringify(given), { mode: 0o600 });
    const first = ["--alertmanager.url", alertmanager, "--http.config.file", config];
    return await work(async (...args) => (await execa(program, [...first, ...args])).stdout);
  } finally {
    await fs.rm(directory, { recursive: true });
  }
}
