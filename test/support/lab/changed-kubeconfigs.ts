import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Lab } from "../../../lab/lab";

/**
 * Writes a changed copy of the lab's kubeconfig, for suites that need one that points elsewhere or gives no access. The
 * copy is deleted after the suite, because its token must not be found by the secret scan of later suites.
 */
export function changedKubeconfigs(
  lab: () => Lab,
): (name: string, change: (text: string) => string) => Promise<string> {
  const written: string[] = [];
  after("remove the changed kubeconfigs", () => Promise.all(written.map((file) => fs.rm(file, { force: true }))));
  return async (name, change) => {
    const file = path.join(lab().directory, `kubeconfig-${name}`);
    written.push(file);
    const text = await fs.readFile(lab().controlPlane.kubeconfigPath, "utf8");
    await fs.writeFile(file, change(text), { mode: 0o600 });
    return file;
  };
}
