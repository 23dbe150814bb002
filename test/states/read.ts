/** Reads the states of a cluster, which docs/coverage.md lists and test/lab/cluster-states.spec.ts plays. */
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const series = z.strictObject({
  /** A series of Prometheus, such as `up{job="prometheus"}`. */
  series: z.string(),
  /** Its values, one a minute, as promtool writes them; `N` is the number of minutes. */
  values: z.string(),
});

const state = z
  .strictObject({
    /** What is the case, in one short sentence. */
    state: z.string(),
    /** The alerts that kube-prometheus has for it. */
    kubePrometheus: z.array(z.string()),
    /** How long the state is played, in minutes: `90m`. Most changes of a state begin after ten minutes. */
    length: z.templateLiteral([z.int().positive(), "m"]).default("40m"),
    /** Regular expressions of the healthy cluster's series that are missing. */
    without: z.array(z.string()).default([]),
    /** Series that replace those with the same name and labels, or are added. */
    series: z.array(series).default([]),
    /** Every alert that fires, except those of severity `none`. */
    fires: z.array(z.string()).default([]),
    /** Why no alert fires. */
    reason: z.string().optional(),
  })
  .refine(({ fires, reason }) => (fires.length === 0) === (reason !== undefined), {
    error: "A state has either alerts that fire or a reason why none does.",
  });

export type Series = z.infer<typeof series>;
export type ClusterState = z.infer<typeof state>;

function listIn<T>(file: string, entry: z.ZodType<T>): T[] {
  // All values are read as strings, because `0x20` is a series of zeros here, not a number.
  const read = z.array(entry).safeParse(parse(readFileSync(file, "utf8"), { schema: "failsafe" }));
  if (!read.success) throw new Error(`${file}:\n${z.prettifyError(read.error)}`);
  return read.data;
}

const files = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => path.join(folder, name));

/** The series of a cluster without faults. */
export function healthySeries(): Series[] {
  return files(path.join(__dirname, "healthy")).flatMap((file) => listIn(file, series));
}

/** The states by area; the area is the name of the file. */
export function clusterStates(): { readonly area: string; readonly states: ClusterState[] }[] {
  return files(__dirname).map((file) => ({ area: path.basename(file, ".yaml"), states: listIn(file, state) }));
}
