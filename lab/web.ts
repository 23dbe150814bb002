import * as http from "node:http";
import * as https from "node:https";
import type { SecretText } from "../tools/stack/secret-text";

/** How the lab gets into Prometheus and Alertmanager. */
export interface Access {
  /** The login; left out where the stack has no password. */
  readonly login?: { readonly user: string; readonly password: SecretText };
  /** The certificate that vouches for theirs, as PEM. */
  readonly ca?: string;
}

/** The addresses of the running programs. */
export interface Urls {
  readonly prometheus: string;
  readonly alertmanager: string;
  /** What the lab needs to be let in. */
  readonly access: Access;
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** What is asked, beside the URL. */
export interface Question {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: http.OutgoingHttpHeaders;
  /** How long an answer may take. */
  readonly patienceMs?: number;
  /** Takes every certificate, as a kubelet's probe does. */
  readonly takesAnyCertificate?: boolean;
}

/** Asks once; every status counts as an answer. Throws {@link NoAnswer} when no answer comes. */
export async function ask(url: string, access: Access = {}, question: Question = {}): Promise<Answer> {
  const { method = "GET", body, patienceMs = 10_000, takesAnyCertificate = false } = question;
  const { request } = url.startsWith("https:") ? https : http;
  const options: https.RequestOptions = {
    method,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...authorization(access),
      ...question.headers,
    },
    // One that is kept open would go on with the certificate that it began with.
    agent: false,
    ...(access.ca !== undefined && { ca: access.ca }),
    rejectUnauthorized: !takesAnyCertificate,
    signal: AbortSignal.timeout(patienceMs),
  };
  return new Promise<Answer>((resolve, reject) => {
    const fail = (error: Error) => {
      const late = error.name === "AbortError";
      const why = late ? `nothing came within ${patienceMs / 1000} s` : error.message || error.name;
      reject(new NoAnswer(`${url} does not answer: ${why}`, { cause: error }));
    };
    const sent = request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("error", fail);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on("error", fail);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A server did not answer; the message is a sentence. */
export class NoAnswer extends Error {}

/** The text at a URL. Throws a sentence when the answer is not a good one. */
export async function getText(url: string, access: Access = {}, question: Question = {}): Promise<string> {
  const { status, text } = await ask(url, access, question);
  if (status < 200 || status > 299) {
    throw new Error(`${url} answers ${status}: ${text.slice(0, 300)}`);
  }
  return text;
}

function authorization({ login }: Access): http.OutgoingHttpHeaders {
  if (login === undefined) {
    return {};
  }
  const both = Buffer.from(`${login.user}:${login.password.reveal()}`).toString("base64");
  return { authorization: `Basic ${both}` };
}
