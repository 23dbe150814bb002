/** The resource type `helm.sh/v3:Release`. It installs a chart with the `helm` command, which also waits. */

import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { diffProperties } from "../diff";
import { isObject, Properties, textAt, unknownValue, valueAt } from "../properties";
import { Call, Checked, CheckFailure, NotReadyError, ResourceType } from "../provider";
import { Helm, HelmError } from "./helm";
import { mayForget, Session } from "./session";
import { withoutNulls } from "./shapes";

const defaultTimeoutSeconds = 300;
/** The inputs that the program sets. */
const knownInputs = [
  "chart",
  "compat",
  "description",
  "name",
  "namespace",
  "repositoryOpts",
  "timeout",
  "values",
  "version",
];
const repositoryInputs = ["repo"];

export function releaseType(session: Session): ResourceType {
  const helm = new Helm(session);

  const perform = async (call: Call, verb: "install" | "upgrade", inputs: Properties): Promise<Properties> => {
    const options = { values: valuesOf(inputs), signal: call.signal };
    const args = [verb, ...chartArguments(inputs), "--timeout", `${timeoutSeconds(call, inputs)}s`, "--debug"];
    if (typeof inputs.description === "string") args.push("--description", inputs.description);
    args.push(await helm.waitFlag(call.signal), ...(verb === "upgrade" ? ["--reset-values"] : []));
    try {
      const release = JSON.parse(await helm.run([...args, "--output", "json"], options)) as Properties;
      return stateOf(inputs, release);
    } catch (error) {
      const left = await lookUp(helm, inputs, new AbortController().signal).catch(() => undefined);
      const revision = (release: Properties | undefined): unknown => release?.version;
      if (left === undefined || !(error instanceof HelmError) || revision(left) === 0) throw error;
      const reason =
        `Helm release "${idOf(inputs)}" was created, but failed to initialize completely ` +
        `(status ${String(valueAt(left, "info", "status"))}): ${error.message}`;
      throw new NotReadyError(idOf(inputs), inputs, stateOf(inputs, left), [reason]);
    }
  };

  return {
    check: (call, news, olds) => checkRelease(session, call, news, olds),
    diff: (_call, { oldInputs, news }) => ({
      changes: diffProperties(oldInputs, news, { replaceOn: ["name", "namespace"] }),
    }),
    create: async (call, inputs) => {
      if (call.preview) return { id: "", state: previewOf(inputs) };
      return { id: idOf(inputs), state: await perform(call, "install", inputs) };
    },
    update: async (call, { news }) => (call.preview ? previewOf(news) : perform(call, "upgrade", news)),
    read: async (call, { id, inputs }) => {
      if (mayForget(session, call)) return undefined;
      const [name, namespace] = id.split("/").reverse() as [string, string | undefined];
      const known: Properties = { name, namespace: namespace ?? session.namespace, ...inputs };
      const release = await lookUp(helm, known, call.signal);
      if (release === undefined) return undefined;
      const chart = known.chart ?? valueAt(release, "chart", "metadata", "name");
      const now = { ...known, chart, values: valuesNow(inputs, release) };
      return { id, inputs: now, state: stateOf(now, release) };
    },
    delete: async (call, { state }) => {
      if (mayForget(session, call)) return;
      const args = ["uninstall", String(state.name), "--namespace", String(state.namespace), "--ignore-not-found"];
      const wait = [await helm.waitFlag(call.signal), "--timeout", `${timeoutSeconds(call, state)}s`];
      await helm.run([...args, ...wait], { signal: call.signal });
    },
  };
}

/** Checks only the inputs. Like the real provider since 4.6, it does not look for the chart and does not render it. */
function checkRelease(session: Session, call: Call, news: Properties, olds: Properties): Checked {
  const inputs = withoutNulls(news);
  // The values keep their `null`s, because a `null` in helm's values deletes the chart's default.
  if (isObject(news.values)) inputs.values = news.values;
  inputs.name ??= olds.name ?? `${call.name}-${randomBytes(4).toString("hex")}`;
  inputs.namespace ??= session.namespace;
  inputs.timeout ??= defaultTimeoutSeconds;
  return { inputs, failures: unimplemented(inputs) };
}

function unimplemented(inputs: Properties): CheckFailure[] {
  const failure = (property: string): CheckFailure => ({
    property,
    reason: `the lab's stand-in of the kubernetes provider does not implement the Release input "${property}"`,
  });
  const repository = isObject(inputs.repositoryOpts) ? Object.keys(inputs.repositoryOpts) : [];
  return [
    ...Object.keys(inputs)
      .filter((key) => !knownInputs.includes(key))
      .map(failure),
    ...repository.filter((key) => !repositoryInputs.includes(key)).map((key) => failure(`repositoryOpts.${key}`)),
  ];
}

/** The arguments for the name, the chart and the chart's repository. The values are not arguments. */
function chartArguments(inputs: Properties): string[] {
  const option = (flag: string, ...path: string[]): string[] => {
    const value = textAt(inputs, ...path);
    return value === undefined ? [] : [flag, value];
  };
  return [
    ...[String(inputs.name), String(inputs.chart), "--namespace", String(inputs.namespace), "--values", "-"],
    ...option("--version", "version"),
    ...option("--repo", "repositoryOpts", "repo"),
  ];
}

function valuesOf(inputs: Properties): unknown {
  return inputs.values ?? {};
}

/** The values in the cluster if someone else changed them, or else the program's values. */
function valuesNow(inputs: Properties, release: Properties): unknown {
  const live = release.config ?? {};
  return isDeepStrictEqual(withoutNulls(live), withoutNulls(valuesOf(inputs))) ? inputs.values : live;
}

function stateOf(inputs: Properties, release: Properties): Properties {
  const { name, namespace, version: revision } = release;
  return { ...inputs, status: { name, namespace, revision, status: valueAt(release, "info", "status") } };
}

function previewOf(inputs: Properties): Properties {
  return { ...inputs, status: unknownValue };
}

function idOf(inputs: Properties): string {
  return `${String(inputs.namespace)}/${String(inputs.name)}`;
}

function timeoutSeconds(call: Call, inputs: Properties): number {
  return Number(inputs.timeout ?? (call.timeoutMs ? call.timeoutMs / 1000 : defaultTimeoutSeconds));
}

/** Helm's data about the release; `undefined` if there is no such release. */
async function lookUp(helm: Helm, inputs: Properties, signal: AbortSignal): Promise<Properties | undefined> {
  const args = ["status", String(inputs.name), "--namespace", String(inputs.namespace), "--output", "json"];
  try {
    return JSON.parse(await helm.run(args, { signal })) as Properties;
  } catch (error) {
    if (error instanceof HelmError && /not found/.test(error.message)) return undefined;
    throw error;
  }
}
