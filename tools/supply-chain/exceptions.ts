import { z } from "zod";

const dayMs = 24 * 60 * 60 * 1000;
/** The longest time after which an exception must be reviewed. */
const longestDays = 180;

/** A known advisory that is accepted for a time. */
export interface AuditException {
  /** The advisory's id, such as `GHSA-xxxx-xxxx-xxxx`. */
  readonly advisory: string;
  /** Why the advisory does not affect this program. */
  readonly reason: string;
  /** The last day of the exception, as `2027-01-31`. */
  readonly until: string;
}

const exception = z.strictObject({
  advisory: z.string().regex(/^GHSA(-[23456789cfghjmpqrvwx]{4}){3}$/, {
    error: "an advisory's id, such as GHSA-xxxx-xxxx-xxxx",
  }),
  reason: z.string().min(20, { error: "why it does not affect this program, in a sentence" }),
  until: z.iso.date({ error: "a day, such as 2027-01-31" }),
});

/** Reads the file of exceptions. Returns all problems as sentences; never throws. */
export function readExceptions(text: string, today: Date): { exceptions: AuditException[]; faults: string[] } {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { exceptions: [], faults: ["is not valid JSON; without exceptions, write []."] };
  }
  if (!Array.isArray(read)) return { exceptions: [], faults: ["is not a list; without exceptions, write []."] };
  const exceptions: AuditException[] = [];
  const faults: string[] = [];
  for (const [index, one] of read.entries()) {
    const place = `entry ${index + 1}`;
    const { data, error } = exception.safeParse(one);
    if (error) {
      for (const { path, message, code } of error.issues) {
        const what = code === "invalid_type" && path.length > 0 ? "has to be a string" : message;
        faults.push(`${[place, ...path].join(", ")}: ${what}.`);
      }
      continue;
    }
    if (exceptions.some(({ advisory }) => advisory === data.advisory)) {
      faults.push(`${place}, advisory: ${data.advisory} is there twice; keep one of the two.`);
    } else if (Date.parse(data.until) - today.getTime() > longestDays * dayMs) {
      faults.push(
        `${place}, until: got ${data.until}; at most ${longestDays} days ahead, so that it is reviewed again.`,
      );
    } else exceptions.push(data);
  }
  return { exceptions, faults };
}

/** Whether the exception's last day has passed. */
export function isOver({ until }: AuditException, today: Date): boolean {
  return today.getTime() >= Date.parse(until) + dayMs;
}
