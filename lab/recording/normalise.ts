import { isMap } from "../../validation/plain-data";
import { isDeepStrictEqual } from "node:util";
import * as prettier from "prettier";
import { projectRoot } from "../run-directory";

/** The keys of a resource's state in the engine's JSON that the comment reads. */
const stateKeys = ["custom", "id", "inputs", "protect", "retainOnDelete"];
const stepKeys = ["op", "urn", "replaceReasons", "detailedDiff"];
/** The keys of the engine's JSON that are kept; `config` and times are dropped. */
const previewKeys = ["steps", "diagnostics", "changeSummary"];

/** A load balancer's name, which AWS makes from the id of the Service. */
const loadBalancer = /\b[0-9a-f]{32}-[0-9a-f]{16}\.elb\./g;
/** Random ids of AWS. */
const awsId = /\b(fs|fsap|fsmt|sgr?|subnet|vpc|i)-[0-9a-f]{8,40}\b/g;

type Json = Readonly<Record<string, unknown>>;

/**
 * The engine's JSON without the parts that differ between runs and that the comment never reads: outputs, times, this
 * machine's directories, and the origin of plugins. AWS ids are replaced with numbers.
 */
export async function normalised(json: string): Promise<string> {
  const { steps, diagnostics, ...whole } = JSON.parse(json) as { steps?: Json[]; diagnostics?: Json[] };
  const kept = {
    ...whole,
    steps: (steps ?? []).map(stepOf).sort((a, b) => (String(a.urn) < String(b.urn) ? -1 : 1)),
    diagnostics: (diagnostics ?? []).filter(({ message }) => !String(message).includes("from $PATH")),
  };
  const numbers = new Map<string, string>();
  const text = JSON.stringify(only(kept, previewKeys))
    .replaceAll(awsId, (id, kind: string) => {
      const number = numbers.get(id) ?? `${kind}-${String(numbers.size + 1).padStart(17, "0")}`;
      numbers.set(id, number);
      return number;
    })
    .replaceAll(loadBalancer, `${"0".repeat(32)}-${"0".repeat(16)}.elb.`)
    .replaceAll(projectRoot, "/project");
  return prettier.format(text, { parser: "json", printWidth: 120 });
}

function stepOf(step: Json): Json {
  const sides = ["same", "read", "refresh"].includes(String(step.op)) ? [] : ["oldState", "newState"];
  const states = Object.fromEntries(
    sides.flatMap((side) => (step[side] ? [[side, only(step[side] as Json, stateKeys)]] : [])),
  ) as Readonly<Record<string, Json>>;
  // The comment shows changed inputs only if there are an old and a new state. A secret is masked in both states.
  const inputs = [states.oldState?.inputs, states.newState?.inputs] as const;
  const [old, now] = isDeepStrictEqual(...inputs) ? inputs : differing(...inputs);
  const withInputs = (state: Json | undefined, inputs: unknown) => state && { ...state, inputs: inputs ?? {} };
  const { oldState, newState } = {
    oldState: withInputs(states.oldState, old),
    newState: withInputs(states.newState, now),
  };
  return { ...only(step, stepKeys), ...(oldState && { oldState }), ...(newState && { newState }) };
}

/** Both values without the parts that are equal. The items of lists keep the keys that identify them. */
function differing(old: unknown, now: unknown): [old: unknown, now: unknown] {
  if (Array.isArray(old) && Array.isArray(now) && old.length === now.length) {
    const pairs = old.map((item: unknown, index): [unknown, unknown] => {
      const [before, after] = differing(item, now[index]);
      return [
        { ...named(item), ...(before as Json) },
        { ...named(now[index]), ...(after as Json) },
      ];
    });
    return old.every(isMap) && now.every(isMap) ? [pairs.map(([one]) => one), pairs.map(([, one]) => one)] : [old, now];
  }
  if (!isMap(old) || !isMap(now)) return old === undefined || now === undefined ? [undefined, undefined] : [old, now];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => !isDeepStrictEqual(old[key], now[key]),
  );
  const of = (side: 0 | 1) =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const isOnBoth = key in old && key in now;
        const value = isOnBoth ? differing(old[key], now[key])[side] : [old, now][side]![key];
        return value === undefined ? [] : [[key, value]];
      }),
    );
  return [of(0), of(1)];
}

function named(item: unknown): Json {
  return isMap(item) ? only(item, ["name", "alert", "record", "receiver", "matchers", "key"]) : {};
}

function only(from: Json, keys: readonly string[]): Json {
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined || from[key] === null ? [] : [[key, from[key]]])),
  );
}
