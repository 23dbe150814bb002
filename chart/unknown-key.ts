import { distance } from "fastest-levenshtein";
import { nearest } from "../validation/faults";
import { type Path, writtenPath } from "../validation/finding";
import type { Keys } from "./contract";
import { placeOf } from "./places";

/** The places of each key in the chart, by the key in lower case. */
export type Whereabouts = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Finds every key of the chart; maps with user-defined keys are not searched. */
export function whereaboutsOf(keys: Keys): Whereabouts {
  const found = new Map<string, (readonly string[])[]>();
  const visit = (node: Keys, path: readonly string[]) => {
    for (const [key, inner] of Object.entries(node)) {
      const at = [...path, key];
      found.set(key.toLowerCase(), [...(found.get(key.toLowerCase()) ?? []), at]);
      if (typeof inner !== "string" && placeOf(at) === undefined) visit(inner, at);
    }
  };
  visit(keys, []);
  return found;
}

/**
 * Says that there is no such key, and which key was probably meant: one in the same map, or the same key elsewhere in
 * the chart.
 */
export function unknownKey(path: Path, beside: readonly string[], whereabouts: Whereabouts): string {
  const key = String(path.at(-1));
  const parts = key.split(".");
  const inside = [...path.slice(0, -1), ...parts].join(".");
  if (
    parts.length > 1 &&
    (whereabouts.get(parts.at(-1)!.toLowerCase()) ?? []).some((one) => one.join(".") === inside)
  ) {
    return `is one key with dots in it; write ${parts.map((part) => `\`${part}\``).join(", and in it ")}`;
  }
  const near = nearest(key, beside);
  const far = near === undefined ? Infinity : distance(key.toLowerCase(), near.toLowerCase());
  if (far <= 2 || (key.includes("-") && near?.endsWith(`-${key}`))) return `is not a key here; is \`${near}\` meant?`;
  const elsewhere = sameKey(path, whereabouts.get(key.toLowerCase()) ?? []);
  if (elsewhere.length > 0) return `is not a key here; the chart has it as ${listed(elsewhere.map(writtenPath))}`;
  const longer = beside.filter((one) => one.startsWith(key));
  if (longer.length > 0 && longer.length <= 6) return `is not a key here; the chart has ${listed(longer)}`;
  if (far <= key.length / 3) return `is not a key here; is \`${near}\` meant?`;
  return beside.length > 0 && beside.length <= 15
    ? `is not a key here; known: ${beside.join(", ")}`
    : "is not a key here, and the chart has none like it";
}

/** The nearest places of a key: below the same map, otherwise in the same part of the chart, otherwise anywhere. */
function sameKey(path: Path, places: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const shared = (place: readonly string[]) => {
    const differs = place.findIndex((part, index) => part !== path[index]);
    return differs === -1 ? place.length : differs;
  };
  // A key of the same name in another part of the chart means something else; only a key outside of all parts is
  // searched everywhere.
  const most = Math.max(path.length > 1 ? 1 : 0, ...places.map(shared));
  return places.filter((place) => shared(place) === most).slice(0, 4);
}

function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}
