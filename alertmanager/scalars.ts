import { z } from "zod";
import { isGoUrl } from "../configuration/goUrl";
import { durationLength, isDuration, positiveDuration, type PrometheusDuration } from "../configuration/durations";

/** A secret by its name in `alerting:credentials`; it becomes the path of a mounted file. */
export interface CredentialReference {
  readonly credential: string;
}

/** A file that Alertmanager reads: the path of one that is mounted otherwise, or a credential by name. */
export type FileReference = `/${string}` | CredentialReference;

/** A duration as Go writes it, which knows neither days nor weeks. */
export type GoDuration = "0" | `${number}${"ms" | "s" | "m" | "h"}` | `${number}${"m" | "h"}${number}${"s" | "m"}`;

/**
 * What an issue carries apart from its message: `whole` where the message is the sentence itself, so that the value,
 * which may be a secret, is not put before it.
 */
export interface IssueParameters {
  readonly whole?: boolean;
}
const whole: IssueParameters = { whole: true };

const credentialCommand = "`pulumi config set --secret --path alerting:credentials.<name>`";

/** What is said of a value that looks like a credential: what to write instead of it. */
export const looksSecret = (instead: string) =>
  `holds what looks like a credential (not shown), and this configuration is kept in clear; write \`${instead}\` instead, after ${credentialCommand}`;

/** A text with a form: `check` answers with what is accepted instead, or with nothing where the text will do. */
function formed<T extends string>(accepted: string, check: (text: string) => boolean): z.ZodType<T, T> {
  return z.string({ error: accepted }).refine(check, { error: accepted }) as unknown as z.ZodType<T, T>;
}

/** Any text; Alertmanager expands most as templates. */
export const text = () => z.string();

/** A text that says something. */
export const filledText = (accepted = "a text that is not empty") =>
  formed<string>(accepted, (value) => value.trim() !== "");

export const flag = () => z.boolean();

/** A whole number from zero. */
export const count = () => z.number({ error: "a whole number" }).int().min(0, { error: "a whole number from zero" });

/** A map of texts under names of the user's own. */
export const textMap = () => z.record(z.string(), z.string());

export const duration = () =>
  formed<PrometheusDuration>('a duration such as "30s", "1m30s" or "15d"', (value) => isDuration(value));

export const durationAboveZero = () => positiveDuration() as z.ZodType<PrometheusDuration, PrometheusDuration>;

/** The length of whatever may be a duration, in milliseconds. */
export function lengthOf(value: unknown): number | undefined {
  return typeof value === "string" ? durationLength(value) : undefined;
}

const goDurationPattern = /^(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)$/;

export const goDuration = () =>
  formed<GoDuration>('a duration in hours, minutes and seconds, such as "10s" or "1m30s"', (value) =>
    goDurationPattern.test(value),
  );

const isWebUrl = (value: string, schemes: RegExp) => schemes.test(value) && isGoUrl(value) && URL.canParse(value);
const hasPassword = (value: string) => /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(value);

/** A URL that may be kept in clear. */
export const url = () => urlOf(/^https?:/i, "http:// or https://");

/** A proxy's URL. */
export const proxyUrl = () => urlOf(/^(https?|socks5h?):/i, "http://, https:// or socks5://");

function urlOf(schemes: RegExp, begins: string) {
  const accepted = `a URL that begins with ${begins}`;
  return z
    .string({ error: accepted })
    .refine((value) => hasPassword(value) || isWebUrl(value, schemes), { error: accepted })
    .refine((value) => !hasPassword(value), {
      error:
        "holds user and password (not shown), and this configuration is kept in clear; give them by `http_config.basic_auth.password_file`",
      params: { ...whole },
    });
}

/** The path of a file, or `{ credential: <name> }`. A path that is none may be the secret itself, so it is not shown. */
export function file(): z.ZodType<FileReference, FileReference> {
  const accepted = "the absolute path of a file in Alertmanager's pod, or `{ credential: <name> }`";
  return z.custom<FileReference>().superRefine((value: unknown, context) => {
    if (value === undefined || isFile(value)) return;
    if (value === null || typeof value === "object") return context.addIssue({ code: "custom", message: accepted });
    context.addIssue({
      code: "custom",
      message: `is no absolute path (not shown, it may be the secret itself); write \`{ credential: <name> }\` after ${credentialCommand}, or the path of a file that is mounted otherwise`,
      params: { ...whole },
    });
  });
}

function isFile(value: unknown): value is FileReference {
  if (typeof value === "string") return /^\/[^\n\r]*$/.test(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === "credential" && typeof (value as CredentialReference).credential === "string";
}

/** What is said of a secret in clear. */
export const inlineSecretSentence = (fileKey: string) =>
  `holds a secret in clear (not shown), and this configuration is kept so; write \`${fileKey}: { credential: <name> }\` instead, after ${credentialCommand}`;

/** A key of Alertmanager that holds a secret in clear: refused, for another key that names a file. */
export const inlineSecret = (fileKey: string) => refused(inlineSecretSentence(fileKey));

/** A key of Alertmanager that cannot be used here but for some values; any other is not shown. */
export function refused<T = never>(
  sentence: string,
  except: (value: unknown) => boolean = () => false,
): z.ZodType<T | undefined, T | undefined> {
  return z.custom<T | undefined>((value) => value === undefined || except(value), {
    error: sentence,
    params: { ...whole },
  });
}

/** A key that names a secret of a secret manager: Alertmanager's program has none. */
export const withoutSecretManager = (fileKey: string) =>
  refused(`names a secret of a secret manager, and Alertmanager has none; write \`${fileKey}\` instead`);
