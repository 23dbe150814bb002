import { setImmediate } from "node:timers/promises";
import type { Canary } from "./canary";
import { partsOf } from "./canary";
import { type Needle, needlesOf, searcherFor } from "./needles";
import { unwrapped } from "./unwrap";

/** Something to search, for example a file, an object of the cluster, or the arguments of a process. */
export interface Place {
  /** A name that identifies the place. It never contains the place's content. */
  readonly name: string;
  readonly content: Buffer | string;
  /** Whether the content is searched without decoding. This is for files that no one reads as text. */
  readonly plainOnly?: boolean;
}

/** Where a secret was found, and in which encoding. The secret itself is not in it. */
export interface Hit {
  readonly place: string;
  /** The encoding, for example `gzip in base64 in base64`, or `in clear`. */
  readonly wrapping: string;
}

/** The results for all secrets with the same name. */
export interface SecretRow {
  readonly name: string;
  /** The number of secrets with this name. */
  readonly secrets: number;
  /** Where the secret was found although it must not be there. */
  readonly hits: Hit[];
  /** Where the secret was found and belongs. These hits show that the search works. */
  readonly expected: (Hit & { readonly why: string })[];
  /** The places where the secret had to be found but was not. */
  readonly missing: string[];
  /** Why the secret could not be searched. */
  readonly notSearched?: string;
}

/** The result of a search. */
export interface SecretScan {
  /** The names of all places that were searched. */
  readonly placesSearched: readonly string[];
  readonly bytesSearched: number;
  readonly seconds: number;
  readonly rows: readonly SecretRow[];
}

/** The maximum depth of nested encodings. Helm's release Secrets need a depth of three (base64, base64, gzip). */
const maxDepth = 6;
/** How long the search may block this process. The lab's servers run in the same process. */
const breathMs = 40;

type OwnNeedle = Needle & { readonly canary: Canary };

/** Searches each place for all secrets at once, in clear and in every encoding, including nested encodings. */
export async function scanForSecrets(canaries: readonly Canary[], places: Iterable<Place>): Promise<SecretScan> {
  const started = performance.now();
  const needles = canaries.flatMap((canary) =>
    partsOf(canary.value)
      .flatMap(needlesOf)
      .map((needle): OwnNeedle => ({ ...needle, canary })),
  );
  const search = searcherFor(needles);
  const rows = new Map<string, SecretRow>();
  for (const { name, value } of canaries) {
    const short = partsOf(value).length === 0 && { notSearched: "too short to be distinguished from chance" };
    const known = rows.get(name) ?? { name, secrets: 0, hits: [], expected: [], missing: [] };
    rows.set(name, { ...known, ...short, secrets: known.secrets + 1 });
  }
  const found = new Map<Canary, Set<Canary["homes"][number]>>();
  const placesSearched: string[] = [];
  let bytesSearched = 0;
  let breath = started;
  for (const place of places) {
    if (performance.now() - breath > breathMs) {
      await setImmediate();
      breath = performance.now();
    }
    const content = (Buffer.isBuffer(place.content) ? place.content : Buffer.from(place.content)).toString("latin1");
    // The name of a file or process may contain a secret.
    const name = withoutSecrets(place.name, needles);
    placesSearched.push(name);
    bytesSearched += content.length;
    for (const [canary, wrapping] of wrappingsIn(`${place.name}\0${content}`, search, place.plainOnly === true)) {
      const row = rows.get(canary.name)!;
      const hit = { place: name, wrapping: wrapping.join(" in ") || "in clear" };
      const home = canary.homes.find((one) => one.place.test(place.name));
      if (home === undefined) {
        row.hits.push(hit);
      } else {
        row.expected.push({ ...hit, why: home.why });
        found.set(canary, (found.get(canary) ?? new Set()).add(home));
      }
    }
  }
  for (const canary of canaries) {
    const unseen = canary.homes.filter((home) => home.needed === true && found.get(canary)?.has(home) !== true);
    rows.get(canary.name)!.missing.push(...unseen.map(({ why }) => why));
  }
  const seconds = (performance.now() - started) / 1000;
  return { placesSearched, bytesSearched, seconds, rows: [...rows.values()] };
}

/** A line for every secret that was found in a forbidden place or was not found where it must be. */
export function faultsOf({ rows }: SecretScan): string[] {
  return rows.flatMap(({ name, hits, missing }) => [
    ...hits.map(({ place, wrapping }) => `${name}: ${place} (${wrapping})`),
    ...missing.map((why) => `${name}: not found where it belongs, ${why}; so the search itself is broken`),
  ]);
}

function wrappingsIn(text: string, search: (text: string) => OwnNeedle[], plainOnly: boolean): Map<Canary, string[]> {
  const found = new Map<Canary, string[]>();
  const look = (inner: string, around: readonly string[]) => {
    for (const { canary, wrapping } of search(inner)) {
      // If a place contains the secret in several encodings, the simplest one is reported.
      const now = [...wrapping, ...around];
      if (now.length < (found.get(canary)?.length ?? Infinity)) {
        found.set(canary, now);
      }
    }
    if (plainOnly || around.length === maxDepth) {
      return;
    }
    for (const { inner: next, as } of unwrapped(inner)) {
      look(next, [as, ...around]);
    }
  };
  look(text, []);
  return found;
}

function withoutSecrets(name: string, needles: readonly Needle[]): string {
  return needles.reduce((text, needle) => text.replaceAll(needle.text, "(a secret)"), name);
}
