import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Lab } from "../../../lab/lab";

/**
 * Returns a function that writes a changed copy of the lab's kubeconfig, for example one that gives no access. The copy
 * is deleted after the suite, because a later secret scan would find the token in it.
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
