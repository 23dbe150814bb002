import type { PrometheusDuration } from "../validation/durations";
import type { ByteSize } from "../validation/sizes";
import type { configKeys } from "./config-keys";

/** A duration as Go writes it, which knows neither days nor weeks. */
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
  /** A part of a calendar, or a range of it such as `monday:friday`. */
  readonly range: string | number;
  readonly any: unknown;
}

/** A step of relabelling as it is written; `replace`, which it is unless `action` says otherwise, needs its target. */
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
 * What stands at a type of a tool's in its file, by the keys that `npm run parsers` reads from it. Secrets are named by file
 * only, which is a `File`.
 */
export type ConfigOf<Types, Name extends keyof Types, File = string> = {
  readonly [
    Key in keyof Types[Name] & string as Types[Name][Key] extends `${string}secret` ? never : Key
  ]?: Key extends `${string}_file` ? File : ValueOf<Types, Types[Name][Key], File>;
};

/** The kind of what stands at a key, or a position, of a value of some kind; undefined where nothing is known of it. */
export function kindBelow(types: KeyKinds, kind: string, part: string | number): string | undefined {
  if (typeof part === "number") return kind.startsWith("[]") ? kind.slice(2) : undefined;
  return kind.startsWith("{}") ? kind.slice(2) : types[kind]?.[part];
}

/** The types of a tool's file by name, of each its keys, and of each key the kind of its value. */
export type KeyKinds = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Types = typeof configKeys;

/** A scrape job as the chart takes it in `scrapeConfigs.<job>`: Prometheus' own keys, and the chart's switch `enabled`. */
export type ScrapeConfig = ConfigOf<Types, "config.ScrapeConfig"> & { readonly enabled?: boolean };
/** Where samples are sent besides the server's own disk. */
export type RemoteWrite = ConfigOf<Types, "config.RemoteWriteConfig"> & { readonly url: string };
