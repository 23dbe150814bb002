import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { helm } from "@pulumi/kubernetes";
import { list, type ReadEntry } from "tar";
import { parse } from "yaml";
import type { StackSettings } from "../settings/stack-settings";
import type { Fault } from "../validation/faults";
import { projectRoot } from "../conventions/project-root";
import { prometheusChart } from "../versions";

type ChartSettings = StackSettings["chart"];

/**
 * The fields with which the Release resource names a chart, for each kind of source. A local chart contains its
 * version. A reference by digest keeps the version beside the digest: if the registry's tag of that version is another
 * chart by now, Helm refuses it. The digest of a local chart is an input too. The provider only compares inputs and
 * never opens a chart, so without the digest a template that changed under the same version would never be deployed.
 * `helm history` shows the digest.
 */
export function chartFrom({ source, digest }: ChartSettings = {}): Pick<
  helm.v3.ReleaseArgs,
  "chart" | "version" | "repositoryOpts" | "description"
> {
  const { name, version, repository } = prometheusChart;
  if (source === undefined || isRepository(source))
    return { chart: name, version, repositoryOpts: { repo: source ?? repository } };
  if (isReference(source)) return { chart: digest === undefined ? source : `${source}@${digest}`, version };
  return { chart: source, description: `chart ${digestOf(fileOf(source))}` };
}

/**
 * A path is relative to the project's folder, because the engine runs the program and its plugins there. A tool may run
 * elsewhere.
 */
const fileOf = (source: string) => resolve(projectRoot, source);

/**
 * The digest of a packed chart's file, or of the names and contents of a directory's files; the path does not count.
 */
function digestOf(source: string): string {
  const hash = createHash("sha256");
  if (!statSync(source).isDirectory()) hash.update(readFileSync(source));
  else
    for (const file of readdirSync(source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(source, join(entry.parentPath, entry.name)))
      .sort())
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(source, file)))
        .update("\0");
  return `sha256:${hash.digest("hex")}`;
}

/**
 * Whether a source is a repository. http is only accepted from the local machine: elsewhere anybody could replace the
 * chart on its way.
 */
const isRepository = (source: string) => /^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(source);
const isReference = (source: string) => source.startsWith("oci://");

/**
 * Problems of a local chart that Helm would not report: there is no chart, or not the pinned one, whose values, names
 * and labels may differ. A remote chart is pinned by its version, and only `up` downloads it. A digest in the settings
 * is compared with the local file; it is refused if nothing would compare it with the chart.
 */
export async function chartFaults(chart: ChartSettings = {}): Promise<Fault[]> {
  const { source } = chart;
  if (source === undefined || isRepository(source)) return digestFault(chart, byVersionAlone);
  if (isReference(source))
    return source.includes("@") ? digestFault(chart, "the source already contains a digest") : [];
  const key = "alerting:chart.source";
  const accepted = "accepted: an https:// repository, an oci:// reference, or a directory or .tgz with the chart";
  if (isAbsolute(source)) {
    const remedy = "Put the chart beside Pulumi.yaml, and write its path from there, such as ./charts/prometheus";
    return [
      { key, sentence: `got "${source}", which would be another chart, or none, on another machine. ${remedy}.` },
    ];
  }
  const file = fileOf(source);
  if (!existsSync(file)) return [{ key, sentence: `got "${source}", which does not exist; ${accepted}.` }];
  const isFolder = statSync(file).isDirectory();
  let metadata: { name?: string; version?: string } | undefined;
  try {
    const text = isFolder ? readFileSync(join(file, "Chart.yaml"), "utf8") : await chartYamlOf(file);
    metadata = parse(text ?? "") as typeof metadata;
  } catch {
    metadata = undefined;
  }
  if (!metadata?.name) return [{ key, sentence: `got "${source}", which has no readable Chart.yaml; ${accepted}.` }];
  const faults = isFolder ? digestFault(chart, "a directory has none") : fileDigestFault(chart, source);
  const { name, version } = prometheusChart;
  if (metadata.name === name && metadata.version === version) return faults;
  const sentence = `got "${source}", which is ${metadata.name} ${metadata.version ?? "of no version"}; accepted: ${name} ${version}, which this program is written for.`;
  return [{ key, sentence }, ...faults];
}

const digestKey = "alerting:chart.digest";
const byVersionAlone = "a repository serves charts only by version, so Helm would not check the digest";

/** Reports a digest that nothing compares with the chart: it would only seem to protect. */
function digestFault({ digest }: ChartSettings, why: string): Fault[] {
  if (digest === undefined) return [];
  const accepted =
    "accepted: a digest where alerting:chart.source is an oci:// reference without one, or a .tgz with the chart";
  return [{ key: digestKey, sentence: `got "${digest}", but ${why}; ${accepted}.` }];
}

function fileDigestFault({ digest }: ChartSettings, source: string): Fault[] {
  if (digest === undefined) return [];
  const found = digestOf(fileOf(source));
  if (found === digest) return [];
  const sentence = `got "${digest}", but "${source}" has ${found}; accepted: the digest of the intended file. Find out why the file differs before you write its digest here.`;
  return [{ key: digestKey, sentence }];
}

/** The Chart.yaml in the top directory of a packed chart. */
async function chartYamlOf(archive: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  const onReadEntry = (entry: ReadEntry) => {
    if (/^[^/]+\/Chart\.yaml$/.test(entry.path)) entry.on("data", (chunk) => chunks.push(chunk));
    else entry.resume();
  };
  await list({ file: archive, onReadEntry });
  return chunks.length > 0 ? Buffer.concat(chunks).toString("utf8") : undefined;
}
