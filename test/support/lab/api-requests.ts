/** Requests to the lab's API server, for parts of the answer that the official client does not return. */
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

/** The API server's answer. */
export interface ApiAnswer {
  readonly status: number;
  /** The warnings in the answer's headers, which kubectl would show. */
  readonly warnings: readonly string[];
  readonly body: string;
}

/** Sends one request, with a JSON body if there is one. */
export async function ask(config: KubeConfig, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  const options: https.RequestOptions = { method, headers: { "content-type": "application/json" }, timeout: 10_000 };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const request = https.request(`${config.getCurrentCluster()?.server}${path}`, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => {
        const warnings = response.headersDistinct.warning ?? [];
        resolve({ status: response.statusCode ?? 0, warnings, body: text });
      });
    });
    request.on("timeout", () => request.destroy(new Error(`no answer to ${method} ${path} within 10 s`)));
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
