/** Starts a control plane alone and keeps it up until Ctrl-C: `npx tsx lab/control-plane/main.ts [directory]`. */
import * as fs from "node:fs";
import * as path from "node:path";
import { findPrograms } from "../programs/find";
import { installEfsCsiDriver } from "./csi-driver";
import { startControlPlane } from "./start";

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const directory = path.resolve(process.argv[2] ?? `.lab/control-plane-${process.pid}`);
  fs.mkdirSync(directory, { recursive: true });
  const names = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
  const controlPlane = await startControlPlane({ programs: await findPrograms(names, say), directory, say });
  await installEfsCsiDriver(controlPlane);
  say(`export KUBECONFIG=${controlPlane.kubeconfigPath}`);
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  const begun = Date.now();
  await controlPlane.stop();
  say(`Stopped in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
