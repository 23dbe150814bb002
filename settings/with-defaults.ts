import type { StackSettings } from "./stack-settings";
import type { Readable } from "./readable";
import { settingsSchema } from "./schema";

/** What has no default, where nothing was set: enough to build and check what does not depend on it. */
const blanks = { context: "", cluster: "", environment: "", nodes: { masters: {} } };

/** Settings with a default in place of each key that could not be read, so that the rest can be checked all the same. */
export function withDefaults(settings: Readable<StackSettings>): StackSettings {
  const defaults = Object.fromEntries(
    Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
      const result = schema.safeParse(undefined);
      return result.success ? [[name, result.data]] : [];
    }),
  );
  return filled({ ...defaults, ...blanks }, settings) as StackSettings;
}

type Tree = Readonly<Record<string, unknown>>;

/** What was given over the defaults, key by key. */
function filled(defaults: Tree, given: Tree): Tree {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...defaults,
    ...Object.fromEntries(
      entries.map(([key, value]) => [
        key,
        isTree(defaults[key]) && isTree(value) ? filled(defaults[key], value) : value,
      ]),
    ),
  };
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
