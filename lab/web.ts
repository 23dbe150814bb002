import * as http from "node:http";
import * as https from "node:https";
import type { SecretText } from "../tools/stack/secret-text";

/** How the lab logs in to Prometheus and Alertmanager. */
export interface Access {
  /** The login; undefined if the stack has no password. */
  readonly login?: { readonly user: string; readonly password: SecretText };
  /** The CA certificate that signed the servers' certificates, as PEM. */
  readonly ca?: string;
}

/** The addresses of the running servers. */
export interface Urls {
  readonly prometheus: string;
  readonly alertmanager: string;
  /** The login and CA of the servers. */
  readonly access: Access;
}

/** A server's answer. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** The parts of a request other than its URL. */
export interface Question {
  readonly method?: string;
  /** The body, which is sent as JSON. */
  readonly body?: unknown;
  readonly headers?: http.OutgoingHttpHeaders;
  /** The time-out for the answer. */
  readonly patienceMs?: number;
  /** Accepts every certificate, as a kubelet's probe does. */
  readonly takesAnyCertificate?: boolean;
}

/** Sends one request and returns the answer, whatever its status is. Throws {@link NoAnswer} if no answer comes. */
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
    // Each request has its own connection, because an open connection would keep a certificate that was since replaced.
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

/** The error if a server does not answer. Its message is for users. */
export class NoAnswer extends Error {}

/** The text at a URL. Throws an error with a message for users if the request fails. */
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
