/** The login to the pages of Prometheus and Alertmanager, for tools that run outside of Pulumi. */
import { z } from "zod";
import { personUser } from "../../conventions/web-users";
import { askCliJson, type CliOptions } from "./cli";
import { SecretText } from "./secret-text";

/** A person's login. */
export interface WebLogin {
  readonly user: string;
  readonly password: SecretText;
}

const passwordType = "random:index/randomPassword:RandomPassword";
/** Passwords for people; the passwords that Prometheus itself uses have other names. */
const passwordName = /(?:^|-)web-password-([1-9]\d*)$/;

const exported = z.looseObject({
  deployment: z.looseObject({
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          type: z.string(),
          /** Set for a resource that was replaced but is not deleted yet. */
          delete: z.boolean().optional(),
          outputs: z.looseObject({ result: z.unknown().optional() }).optional(),
        }),
      )
      .default([]),
  }),
});
/** A decrypted secret in a state: its value as JSON. */
const decrypted = z.looseObject({ plaintext: z.string() });

/**
 * The logins in the stack's state, the newest first: there is more than one while the password is being rotated. They
 * are read from the state because the settings do not show which of them were applied. Throws {@link StackUnreadable}
 * if the state cannot be read.
 */
export async function readWebLogins(stack: string, options: CliOptions = {}): Promise<readonly WebLogin[]> {
  const args = ["stack", "export", "--show-secrets", "--stack", stack];
  const { deployment } = await askCliJson(`the state of the stack "${stack}"`, args, exported, options);
  return deployment.resources
    .filter((one) => one.type === passwordType && one.delete !== true)
    .flatMap(({ urn, outputs }) => {
      const number = passwordName.exec(urn.split("::").at(-1) ?? "")?.[1];
      const password = textOf(outputs?.result);
      return number === undefined || password === undefined ? [] : [{ number: Number(number), password }];
    })
    .sort((one, other) => other.number - one.number)
    .map(({ number, password }) => ({ user: personUser(number), password: new SecretText(password) }));
}

/**
 * The newest login of a stack; undefined if there is none, because its pages are open or the stack was not applied yet.
 */
export async function readWebLogin(stack: string, options: CliOptions = {}): Promise<WebLogin | undefined> {
  return (await readWebLogins(stack, options))[0];
}

function textOf(result: unknown): string | undefined {
  const secret = decrypted.safeParse(result);
  if (!secret.success) return typeof result === "string" ? result : undefined;
  try {
    const text = JSON.parse(secret.data.plaintext) as unknown;
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}
