import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { shown } from "../../validation/faults";
import { error, type Finding } from "../../validation/finding";
import { at, readContract } from "../contract";
import { hasKey } from "../has-key";
import { hidesSecret } from "../overrides/secrets";
import type { Migration } from "./migration";
import { type KeyPath, keyPath } from "./key-paths";
import { isMap, type PlainMap } from "../../validation/plain-data";

/** A key that must not be set, and what its value becomes. There is one row for each key. */
export interface Row {
  /** The key, such as `server.persistentVolume.size`; `*` stands for any one key. */
  readonly key: KeyPath;
  /** The text of the finding after the value. */
  readonly sentence: (matched: readonly string[]) => string;
  /** The row applies only to values for which this returns true. Default: all values. */
  readonly when?: (value: unknown) => boolean;
  /** Whether a map is treated as one value, although rows for inner keys exist. */
  readonly whole?: boolean;
  /** Adds the current form to the migration. `matched` are the keys that `*` stood for. */
  readonly migrate: (value: unknown, migration: Migration, path: KeyPath, matched: readonly string[]) => void;
}

/** A value in a tree, with the row that matched it. */
export interface Match {
  readonly row: Row;
  readonly path: KeyPath;
  readonly matched: readonly string[];
  readonly value: unknown;
}

interface Node {
  readonly next: Map<string, Node>;
  rows: Row[];
}

/** Rows by key, so that one walk suffices for a tree of any size. */
export type Rows = Node;

/** Indexes rows. If several have the same key, the first one whose `when` returns true is used. */
export function indexed(rows: readonly Row[]): Rows {
  const root: Node = { next: new Map(), rows: [] };
  for (const row of rows) {
    let here = root;
    for (const key of row.key) {
      const next = here.next.get(key) ?? { next: new Map<string, Node>(), rows: [] };
      here.next.set(key, next);
      here = next;
    }
    here.rows.push(row);
  }
  return root;
}

/** Every value of a tree that a row matches, and a copy of the tree without these values. */
export function matches(tree: PlainMap, rows: Rows): { found: Match[]; rest: PlainMap } {
  const found: Match[] = [];
  const walk = (value: unknown, nodes: readonly (readonly [Node, readonly string[]])[], path: KeyPath): unknown => {
    const own = nodes.flatMap(([node, matched]) => node.rows.map((row) => [row, matched] as const));
    const deeper = isMap(value) && Object.keys(value).length > 0 && nodes.some(([node]) => node.next.size > 0);
    const hit = own.find(([row]) => (row.whole || !deeper) && (row.when?.(value) ?? true));
    if (hit) {
      found.push({ row: hit[0], path, matched: hit[1], value });
      return undefined;
    }
    if (!isMap(value) || nodes.length === 0) return value;
    const rest: PlainMap = {};
    for (const [key, inner] of Object.entries(value)) {
      const next = nodes.flatMap(([node, matched]) => {
        const [exact, any] = [node.next.get(key), node.next.get("*")];
        return [
          ...(exact ? [[exact, matched] as const] : []),
          // `*` does not stand for a key that has a row.
          ...(any && !exact?.rows.length ? [[any, [...matched, key]] as const] : []),
        ];
      });
      const kept = walk(inner, next, [...path, key]);
      if (kept !== undefined) rest[key] = kept;
    }
    return Object.keys(rest).length > 0 || Object.keys(value).length === 0 ? rest : undefined;
  };
  return { found, rest: (walk(tree, [[rows, []]], []) ?? {}) as PlainMap };
}

/** The finding that reports a match. */
export function findingOf({ row, path, matched, value }: Match): Finding {
  // Maps, lists and multi-line strings are not shown: they would not help the reader, and may contain a secret.
  const plain = typeof value === "string" ? !value.includes("\n") : typeof value !== "object" && value !== undefined;
  const seen = plain && !hidesSecret(path, value) ? `got ${shown(value)}; ` : "";
  return error(path, `${seen}${row.sentence(matched)}`);
}

const empty = (value: unknown) =>
  value === undefined || value === null || (isMap(value) && Object.keys(value).length === 0);

function filled(path: KeyPath, matched: readonly string[]): KeyPath {
  const stars = [...matched];
  return path.map((key) => (key === "*" ? (stars.shift() ?? key) : key));
}

const dotted = (path: KeyPath) => path.map((key) => (/[.\s]/.test(key) ? `"${key}"` : key)).join(".");
const old = (version: number) => `a key of charts before ${version}`;
const asIs = (value: unknown) => value;

/**
 * A key that is in another place of the current chart. `form` turns the value into its current form. If the current
 * chart has no such key, as for some keys that `*` stands for, the key is reported as gone.
 */
export function moved(key: string, version: number, to: string, form: (value: unknown) => unknown = asIs): Row {
  const target = keyPath(to);
  const today = (matched: readonly string[]) => {
    const path = filled(target, matched);
    return hasKey(path) ? path : undefined;
  };
  return {
    key: keyPath(key),
    sentence: (matched) => {
      const path = today(matched);
      return path ? `${old(version)}; today it is \`${dotted(path)}\`.` : `${old(version)}, and gone: ${noSuchKey}.`;
    },
    migrate: (value, migration, path, matched) => {
      const place = today(matched);
      const isRight = isMap(value) || place === undefined || !isMap(at(readContract().keys, place));
      const now = empty(value) || !isRight ? undefined : form(value);
      if (place === undefined) migration.drop(path, noSuchKey);
      else if (now !== undefined) migration.value(place, now);
      else if (empty(value)) migration.drop(path, "says nothing");
      else migration.drop(path, `has no value that \`${dotted(place)}\` takes`);
    },
  };
}

const noSuchKey = "today's chart has no such key";

/** The rows of a YAML table such as refused-keys.yaml. */
export function rowsOf(file: string): Row[] {
  type Versions = Readonly<Record<string, Readonly<Record<string, string>>>>;
  const { moved: places, gone: reasons } = parse(readFileSync(file, "utf8")) as Record<"moved" | "gone", Versions>;
  const rows = (versions: Versions, row: (key: string, version: number, value: string) => Row) =>
    Object.entries(versions).flatMap(([version, keys]) =>
      Object.entries(keys).map(([key, value]) => row(key, Number(version), value)),
    );
  return [...rows(places, moved), ...rows(reasons, gone)];
}

/** A key that the current chart no longer has. */
function gone(key: string, version: number, reason: string): Row {
  return {
    key: keyPath(key),
    whole: true,
    sentence: () => `${old(version)}, and gone: ${reason}.`,
    migrate: (_, migration, path) => migration.drop(path, reason),
  };
}

/** A key with a special translation; `today` says where its value goes. */
export function migrated(
  key: string,
  version: number,
  today: string,
  migrate: Row["migrate"],
  more: Pick<Row, "when" | "whole"> = {},
): Row {
  return reserved(key, old(version), today, migrate, more);
}

/** A key that has moved to a setting of this program. */
export function movedToSetting(
  key: string,
  setting: string,
  form: (value: unknown) => unknown = asIs,
  more: Pick<Row, "when"> & {
    readonly because?: string;
    /** Describes the setting if it covers more than the key did. */
    readonly shared?: string;
  } = {},
): Row {
  return {
    key: keyPath(key),
    when: more.when,
    sentence: () =>
      `${more.because ?? "a setting of this program controls it, and the two could contradict each other"}; set \`alerting:${setting}\` instead.`,
    migrate: (value, migration, path) => {
      const isEmpty = empty(value) || value === "";
      const now = isEmpty ? undefined : form(value);
      if (now !== undefined) {
        migration.set(setting, now, path);
        if (more.shared) migration.drop(path, `alerting:${setting} is ${more.shared}`);
      } else if (isEmpty) migration.drop(path, "says nothing");
      else migration.drop(path, `${shown(value)} is not a value that alerting:${setting} takes`);
    },
  };
}

/** A key that would disable or replace a part of the program's configuration, without a replacement. */
export function forbidden(
  key: string,
  reason: string,
  more: Pick<Row, "when" | "whole"> & { instead?: string } = {},
): Row {
  return {
    key: keyPath(key),
    when: more.when,
    whole: more.whole,
    sentence: () => `${reason}; ${more.instead ?? "leave it out"}.`,
    migrate: (_, migration, path) => migration.drop(path, `${reason}${more.instead ? `; ${more.instead}` : ""}`),
  };
}

/** A forbidden key whose value belongs elsewhere. */
export function reserved(
  key: string,
  reason: string,
  instead: string,
  migrate: Row["migrate"],
  more: Pick<Row, "when" | "whole"> = {},
): Row {
  return { key: keyPath(key), sentence: () => `${reason}; ${instead}.`, migrate, ...more };
}
