import * as prettier from "prettier";
import { PROJECT_ROOT } from "../run-directory";

/** What a state of the engine's JSON has that the comment reads. */
const STATE = ["custom", "id", "inputs", "protect", "retainOnDelete"];
const STEP = ["op", "urn", "replaceReasons", "detailedDiff"];
/** Of the engine's JSON; `config` and times are no part of it. */
const WHOLE = ["steps", "diagnostics", "changeSummary"];

/** A load balancer's name, which AWS makes of its Service's id. */
const LOAD_BALANCER = /\b[0-9a-f]{32}-[0-9a-f]{16}\.elb\./g;
/** Ids that AWS gives at random. */
const AWS_ID = /\b(fs|fsap|fsmt|sgr?|subnet|vpc|i)-[0-9a-f]{8,40}\b/g;

type Json = Readonly<Record<string, unknown>>;

/**
 * The engine's JSON without what differs from one run to the next and the comment never reads: outputs, times, this
 * machine's directories, where plugins come from. Ids of AWS are numbered.
 */
export async function normalised(json: string): Promise<string> {
  const { steps, diagnostics, ...whole } = JSON.parse(json) as { steps?: Json[]; diagnostics?: Json[] };
  const kept = {
    ...whole,
    steps: (steps ?? []).map(stepOf).sort((a, b) => (String(a.urn) < String(b.urn) ? -1 : 1)),
    diagnostics: (diagnostics ?? []).filter(({ message }) => !String(message).includes("from $PATH")),
  };
  const numbers = new Map<string, string>();
  const text = JSON.stringify(only(kept, WHOLE))
    .replaceAll(AWS_ID, (id, kind: string) => {
      const number = numbers.get(id) ?? `${kind}-${String(numbers.size + 1).padStart(17, "0")}`;
      numbers.set(id, number);
      return number;
    })
    .replaceAll(LOAD_BALANCER, `${"0".repeat(32)}-${"0".repeat(16)}.elb.`)
    .replaceAll(PROJECT_ROOT, "/project");
  return prettier.format(text, { parser: "json", printWidth: 120 });
}

function stepOf(step: Json): Json {
  // What stays as it is, or is only looked at, was needed for counting alone.
  const sides = ["same", "read", "refresh"].includes(String(step.op)) ? [] : ["oldState", "newState"];
  const states = sides.flatMap((side) => (step[side] ? [[side, only(step[side] as Json, STATE)]] : []));
  return { ...only(step, STEP), ...(Object.fromEntries(states) as Json) };
}

function only(from: Json, keys: readonly string[]): Json {
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined || from[key] === null ? [] : [[key, from[key]]])),
  );
}
