import { z } from "zod";

/** The schema inside defaults, optionals and the like; for a transformation, its input. */
export function bare(schema: z.ZodType): z.ZodType {
  const { innerType, in: taken } = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  const inner = innerType ?? taken;
  return inner ? bare(inner) : schema;
}

type Issue = Pick<z.core.$ZodIssue, "path">;

/** What is right of a value, by the issues that its schema has with it; undefined where nothing is. */
export function readablePart(schema: z.ZodType, value: unknown, issues: readonly Issue[]): unknown {
  if (issues.length === 0) return schema.safeParse(value).data;
  // What is filled in from several keys is there as a whole, or not at all.
  if (schema.def.type === "pipe" || issues.some(({ path }) => path.length === 0)) return undefined;
  const under = (key: PropertyKey) =>
    issues.filter(({ path }) => path[0] === key).map(({ path }) => ({ path: path.slice(1) }));
  const inner = bare(schema);
  if (Array.isArray(value)) {
    // Sentences about objects in a list go by their position.
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

/** Whether a key could be read, and all that is in it, by the keys that could not; dots between. */
export function readableKeys(unread: readonly string[]): (key: string) => boolean {
  const within = (one: string, other: string) => one === other || one.startsWith(`${other}.`);
  return (key) => !unread.some((one) => within(one, key) || within(key, one));
}

/** The sections of the settings in which nothing is wrong. */
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
