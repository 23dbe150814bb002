import { z } from "zod";

/** The schema inside defaults, optionals and other wrappers; for a transformation, its input. */
export function bare(schema: z.ZodType): z.ZodType {
  const { innerType, in: taken } = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  const inner = innerType ?? taken;
  return inner ? bare(inner) : schema;
}

type Issue = Pick<z.core.$ZodIssue, "path">;

/** The valid part of a value, given the issues that its schema has with it; undefined if there is none. */
export function readablePart(schema: z.ZodType, value: unknown, issues: readonly Issue[]): unknown {
  if (issues.length === 0) return schema.safeParse(value).data;
  // A value that is computed from several keys is kept whole or not at all.
  if (schema.def.type === "pipe" || issues.some(({ path }) => path.length === 0)) return undefined;
  const under = (key: PropertyKey) =>
    issues.filter(({ path }) => path[0] === key).map(({ path }) => ({ path: path.slice(1) }));
  const inner = bare(schema);
  if (Array.isArray(value)) {
    // Errors name an object in a list by its position, so the list must not shrink.
    if (value.some((one) => typeof one === "object")) return undefined;
    const right = value.filter((_, index) => under(index).length === 0) as unknown[];
    return right.length > 0 ? right : undefined;
  }
  const shape = inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>) : {};
  const schemaOf = (key: string) => (inner instanceof z.ZodRecord ? (inner.valueType as z.ZodType) : shape[key]!);
  const given = (value ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(inner instanceof z.ZodRecord ? given : shape).flatMap((key) => {
      const part = readablePart(schemaOf(key), given[key], under(key));
      return part === undefined ? [] : [[key, part]];
    }),
  );
}

/** Returns whether a key and everything in it could be read, given the keys that could not; keys are joined by dots. */
export function readableKeys(unread: readonly string[]): (key: string) => boolean {
  const within = (one: string, other: string) => one === other || one.startsWith(`${other}.`);
  return (key) => !unread.some((one) => within(one, key) || within(key, one));
}

/** The sections of the settings that have no problems. */
export function validSections<Settings extends object>({
  settings,
  unread,
}: {
  readonly settings: Settings;
  readonly unread: readonly string[];
}): Partial<Settings> {
  const isRead = readableKeys(unread);
  return Object.fromEntries(Object.entries(settings).filter(([key]) => isRead(key))) as Partial<Settings>;
}
