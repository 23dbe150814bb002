import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { helm } from "@pulumi/kubernetes";
import { list, type ReadEntry } from "tar";
import { parse } from "yaml";
import type { Fault } from "../configuration/faults";
import { prometheusChart } from "../versions";

/** How the Release resource names a chart of each kind of source. A local chart has its version in itself. */
export function chartFrom(
  source: string | undefined,
): Pick<helm.v3.ReleaseArgs, "chart" | "version" | "repositoryOpts"> {
  const { name, version, repository } = prometheusChart;
  if (source === undefined || isRepository(source))
    return { chart: name, version, repositoryOpts: { repo: source ?? repository } };
  if (isReference(source)) return { chart: source, version };
  return { chart: source };
}

/** http only on this machine: what comes over it elsewhere may be anybody's chart. */
const isRepository = (source: string) => /^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(source);
const isReference = (source: string) => source.startsWith("oci://");

/**
 * Faults of a local chart, which Helm would take whatever it is: no chart there, or another one than the pinned, whose
 * values, names and labels may differ. A chart from elsewhere is pinned by its version, and rendered in every preview.
 */
export async function chartFaults(source: string | undefined): Promise<Fault[]> {
  if (source === undefined || isRepository(source) || isReference(source)) return [];
  const key = "alerting:chart.source";
  const accepted = "accepted: an https:// repository, an oci:// reference, or a directory or .tgz with the chart";
  if (!existsSync(source)) return [{ key, sentence: `got "${source}", where there is nothing; ${accepted}.` }];
  let metadata: { name?: string; version?: string } | undefined;
  try {
    const text = statSync(source).isDirectory()
      ? readFileSync(join(source, "Chart.yaml"), "utf8")
      : await chartYamlOf(source);
    metadata = parse(text ?? "") as typeof metadata;
  } catch {
    metadata = undefined;
  }
  if (!metadata?.name) return [{ key, sentence: `got "${source}", which has no readable Chart.yaml; ${accepted}.` }];
  const { name, version } = prometheusChart;
  if (metadata.name === name && metadata.version === version) return [];
  const sentence = `got "${source}", which is ${metadata.name} ${metadata.version ?? "of no version"}; accepted: ${name} ${version}, which this program is written for.`;
  return [{ key, sentence }];
}

/** The Chart.yaml at the top of a packed chart. */
async function chartYamlOf(archive: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  const onReadEntry = (entry: ReadEntry) => {
    if (/^[^/]+\/Chart\.yaml$/.test(entry.path)) entry.on("data", (chunk) => chunks.push(chunk));
    else entry.resume();
  };
  await list({ file: archive, onReadEntry });
  return chunks.length > 0 ? Buffer.concat(chunks).toString("utf8") : undefined;
}
