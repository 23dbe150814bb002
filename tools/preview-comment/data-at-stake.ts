import type { Change } from "./changes";

/** What holds data, or leads to it, and what becomes of the data when it is deleted or replaced; the worst first. */
const HOLDERS: Readonly<Record<string, string>> = {
  "aws:efs/fileSystem:FileSystem": "every file on it is lost; AWS Backup may have a copy",
  "kubernetes:core/v1:Namespace": "everything in it goes along, claims and their data too",
  "aws:efs/accessPoint:AccessPoint":
    "the way to the data is cut; its directory stays on the file system while that lives",
  "kubernetes:core/v1:PersistentVolume": "the pod loses its volume; the data stays where the volume led",
  "kubernetes:core/v1:PersistentVolumeClaim": "the pod loses its volume; with a storage class, the data too",
  "kubernetes:helm.sh/v3:Release": "Prometheus and Alertmanager stop; data on a storage class' volumes may go along",
};

/** What is lost with a change; undefined where no data is at stake. */
export function dataAtStake({ type, operation, isProtected, isRetained }: Change): string | undefined {
  const loss = HOLDERS[type];
  if (loss === undefined || (operation !== "delete" && operation !== "replace")) return undefined;
  if (isProtected) return "protected: the engine refuses, and `pulumi up` fails";
  return isRetained ? "stays in AWS with its data; the stack forgets it" : loss;
}

/** The changes that {@link dataAtStake} has a word about, the worst first. */
export function withDataAtStake(changes: readonly Change[]): Change[] {
  const order = Object.keys(HOLDERS);
  return changes
    .filter((change) => dataAtStake(change) !== undefined)
    .sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}
