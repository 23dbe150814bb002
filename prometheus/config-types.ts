import type { PrometheusDuration } from "../validation/durations";
import type { ByteSize } from "../validation/sizes";
import type { configKeys } from "./config-keys";

/** A duration in Go's syntax, which has neither days nor weeks. */
export type GoDuration = "0" | `${number}${"ms" | "s" | "m" | "h"}` | `${number}${"m" | "h"}${number}${"s" | "m"}`;

interface Scalars {
  readonly string: string;
  readonly bool: boolean;
  readonly int: number;
  readonly uint: number;
  readonly float: number;
  readonly duration: PrometheusDuration;
  readonly goDuration: GoDuration;
  readonly bytes: ByteSize | 0;
  readonly url: string;
  /** A calendar field, or a range such as `monday:friday`. */
  readonly range: string | number;
  readonly any: unknown;
}

/** A relabeling step; the default `action`, `replace`, needs a `target_label`. */
type RelabelConfig = {
  source_labels?: readonly string[];
  separator?: string;
  regex?: string | boolean | number;
  modulus?: number;
  replacement?: string;
} & (
  | { action?: "replace"; target_label: string }
  | { action: "keepequal" | "dropequal" | "lowercase" | "uppercase"; target_label: string }
  | { action: "hashmod"; target_label: string; modulus: number }
  | { action: "keep" | "drop" | "labelmap" | "labeldrop" | "labelkeep"; target_label?: string }
);

type ValueOf<Types, Kind, File> = Kind extends `[]${infer Item}`
  ? readonly ValueOf<Types, Item, File>[]
  : Kind extends `{}${infer Item}`
    ? Readonly<Record<string, ValueOf<Types, Item, File>>>
    : Kind extends "relabel.Config"
      ? RelabelConfig
      : Kind extends keyof Scalars
        ? Scalars[Kind]
        : Kind extends keyof Types
          ? ConfigOf<Types, Kind, File>
          : never;

/**
 * The TypeScript type for a type in a tool's file, built from the keys that `npm run parsers` reads from it. Secrets
 * can only be given as a file, of the type `File`.
 */
export type ConfigOf<Types, Name extends keyof Types, File = string> = {
  readonly [
    Key in keyof Types[Name] & string as Types[Name][Key] extends `${string}secret` ? never : Key
  ]?: Key extends `${string}_file` ? File : ValueOf<Types, Types[Name][Key], File>;
};

/** The kind of the value at a key or position within a value of some kind; undefined if nothing is known about it. */
export function kindBelow(types: KeyKinds, kind: string, part: string | number): string | undefined {
  if (typeof part === "number") return kind.startsWith("[]") ? kind.slice(2) : undefined;
  return kind.startsWith("{}") ? kind.slice(2) : types[kind]?.[part];
}

/** For each type in a tool's file, by name: its keys, and the kind of each key's value. */
export type KeyKinds = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Types = typeof configKeys;

/** A scrape job in the chart's `scrapeConfigs.<job>`: Prometheus' own keys, and the chart's switch `enabled`. */
export type ScrapeConfig = ConfigOf<Types, "config.ScrapeConfig"> & { readonly enabled?: boolean };
/** A remote-write target: where samples are sent in addition to the server's disk. */
export type RemoteWrite = ConfigOf<Types, "config.RemoteWriteConfig"> & { readonly url: string };
