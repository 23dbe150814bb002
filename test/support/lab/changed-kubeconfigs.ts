import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Lab } from "../../../lab/lab";

/**
 * For a suite that needs kubeconfigs that point elsewhere or give no access: writes a changed copy of the lab's own.
 * The copy's token is deleted after the suite, because later suites scan for the token in wrong places.
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
