import type { Change } from "./resource-changes";

/**
 * Resources that hold data or connect to it, and what happens to the data if they are deleted or replaced; worst first.
 */
const HOLDERS: Readonly<Record<string, string>> = {
  "aws:efs/fileSystem:FileSystem": "every file on it is lost; AWS Backup may have a copy",
  "kubernetes:core/v1:Namespace": "everything in it is deleted too, including claims and their data",
  "aws:efs/accessPoint:AccessPoint":
    "the data can no longer be reached; its directory stays on the file system until that is deleted",
  "kubernetes:core/v1:PersistentVolume": "the pod loses its volume; the data stays in the storage behind it",
  "kubernetes:core/v1:PersistentVolumeClaim": "the pod loses its volume; with a storage class, the data too",
  "kubernetes:helm.sh/v3:Release":
    "Prometheus and Alertmanager stop; data on volumes of a storage class may be deleted",
};

/** What is lost with a change; undefined if no data is at stake. */
export function dataAtStake({ type, operation, isProtected, isRetained }: Change): string | undefined {
  const loss = HOLDERS[type];
  if (loss === undefined || (operation !== "delete" && operation !== "replace")) return undefined;
  if (isProtected) return "protected: the engine refuses, and `pulumi up` fails";
  return isRetained ? "stays in AWS with its data; the stack forgets it" : loss;
}

/** The changes that put data at stake according to {@link dataAtStake}, the worst first. */
export function withDataAtStake(changes: readonly Change[]): Change[] {
  const order = Object.keys(HOLDERS);
  return changes
    .filter((change) => dataAtStake(change) !== undefined)
    .sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}
