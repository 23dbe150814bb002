import type { StackSettings } from "../config";
import { settingsSchema } from "./schema";

/** What has no default, where nothing was set: enough to build and check what does not depend on it. */
const blanks = { context: "", cluster: "", environment: "", nodes: { masters: {} } };

/** Settings with a default in place of each that could not be read, so that the rest can be checked all the same. */
export function withDefaults(settings: Partial<StackSettings>): StackSettings {
  const defaults = Object.fromEntries(
    Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
      const result = schema.safeParse(undefined);
      return result.success ? [[name, result.data]] : [];
    }),
  );
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return { ...defaults, ...blanks, ...given } as unknown as StackSettings;
}
