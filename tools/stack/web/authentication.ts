import { StackUnreadable } from "../cli";
import type { WebLogin } from "../login";
import { ask, NoAnswer } from "../servers/http";
import type { Access } from "./access";
import type { WebKeys } from "./keys";
import { isUntrusted } from "../../shared/tls-failures";

/**
 * Thrown if the password or the certificate authority cannot be read. Another route to the server does not help then.
 */
export class KeysUnreadable extends NoAnswer {}

/** A server that may ask for a password. */
export interface PageServer {
  readonly origin: string;
  /** Whether the server belongs to the stack: the stack's password and authority are used for no other server. */
  readonly isOwn: boolean;
  /** The addresses that belong to the stack, for the message that refuses another server. */
  readonly own: readonly string[];
  readonly serverName?: string;
}

/** How the authentication to a server succeeded. */
export interface Authentication {
  readonly access: Access;
  /** The user whose password was accepted; undefined if the server asks for none. */
  readonly login?: WebLogin;
  /** Users with newer passwords that the server does not know yet, while the password is being rotated. */
  readonly notYet: readonly string[];
}

/**
 * Checks whether the server is ready, in steps: first without a login and with the certificates that this machine
 * trusts; then with the stack's certificate authority; then with the stack's password. Throws {@link NoAnswer}.
 */
export async function authenticate(server: PageServer, keys: WebKeys | undefined): Promise<Authentication> {
  const { origin } = server;
  const { access, answer } = await findTrust(server, keys);
  if (answer === "open") return { access, notYet: [] };
  const refused: string[] = [];
  for (const login of await loginsFor(server, keys)) {
    const known: Access = { ...access, login };
    if ((await probe(origin, known)) === "open") return { access: known, login, notYet: refused };
    refused.push(login.user);
  }
  throw new NoAnswer(
    `${origin} does not accept the password of ${refused.join(" or ")} (401): it has been rotated since, or is another stack's. ` +
      `The pods know a new one within two minutes of \`pulumi up\`, so run this again; \`npm run credentials -- --stack ${keys?.stack}\` shows the stack's password.`,
    401,
  );
}

type Answer = "open" | "asks for a password";

async function probe(origin: string, access: Access): Promise<Answer> {
  try {
    await ask(origin, "/-/ready", { access, fresh: true });
    return "open";
  } catch (error) {
    if (error instanceof NoAnswer && error.status === 401) return "asks for a password";
    throw error;
  }
}

/** Finds the certificates with which the server can be verified. */
async function findTrust({ origin, isOwn, serverName }: PageServer, keys: WebKeys | undefined) {
  const access: Access = isOwn && serverName !== undefined ? { serverName } : {};
  try {
    return { access, answer: await probe(origin, access) };
  } catch (error) {
    if (!(error instanceof NoAnswer) || !isUntrusted(error.tlsCode) || !isOwn) throw error;
    const authority = await orSentence(keys?.authority(), `${error.message} The stack's own authority cannot be read`);
    if (authority === undefined) throw error;
    const vouched: Access = { ...access, authority };
    return { access: vouched, answer: await probe(origin, vouched) };
  }
}

/** The stack's logins for one of its servers. Throws an error if there are none. */
async function loginsFor({ origin, isOwn, own }: PageServer, keys: WebKeys | undefined): Promise<readonly WebLogin[]> {
  const asks = `${origin} asks for a password`;
  if (keys === undefined) throw new NoAnswer(`${asks}, and without --stack none is known. Name the stack.`, 401);
  if (!isOwn) {
    const theirs = own.length === 0 ? "" : ` (${own.join(", ")})`;
    throw new NoAnswer(
      `${asks}, and the stack's password is only sent to its own addresses${theirs} and to this machine. Give one of these, or none.`,
      401,
    );
  }
  const logins = (await orSentence(keys.logins(), `${asks}, and the stack's cannot be read`)) ?? [];
  if (logins.length > 0) return logins;
  throw new NoAnswer(
    `${asks}, but the stack ${keys.stack} has none in its state: is it another stack's, or is there a proxy in between?`,
    401,
  );
}

async function orSentence<T>(reading: Promise<T> | undefined, sentence: string): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof StackUnreadable)) throw error;
    throw new KeysUnreadable(`${sentence}: ${error.message}`);
  }
}
