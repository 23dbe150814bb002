import { z } from "zod";
import { withoutCredentials } from "../conventions/outside-text";
import { credentialsInClear } from "../conventions/secret-forms";

/** The path of a file in the container; secrets are mounted there, because the configuration itself is kept in clear. */
const file = z.string().min(1);

/** Whether a text is a web address without user and password in it, and without a key or a token in its query. */
function isCleanUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return false;
  return withoutCredentials(text) === text;
}

/** An http:// or https:// address. Credentials in it would be kept in clear. */
export const url = z
  .string()
  .refine(isCleanUrl, { error: "an http:// or https:// address, without user, password, key or token in it" });

const tlsVersion = z.enum(["TLS10", "TLS11", "TLS12", "TLS13"]);

export const tlsConfig = z.strictObject({
  /** The certificate of an authority, as text: not secret. */
  ca: z.string().min(1).optional(),
  ca_file: file.optional(),
  cert: z.string().min(1).optional(),
  cert_file: file.optional(),
  key_file: file.optional(),
  server_name: z.string().min(1).optional(),
  insecure_skip_verify: z.boolean().optional(),
  min_version: tlsVersion.optional(),
  max_version: tlsVersion.optional(),
});

const proxy = {
  proxy_url: url.optional(),
  /** Hosts and networks, separated by commas, that are reached without the proxy. */
  no_proxy: z.string().optional(),
  proxy_from_environment: z.boolean().optional(),
};

const oauth2 = z.strictObject({
  client_id: z.string().min(1),
  client_secret_file: file.optional(),
  token_url: url,
  scopes: z.array(z.string()).optional(),
  endpoint_params: z.record(z.string(), z.string()).optional(),
  tls_config: tlsConfig.optional(),
  ...proxy,
});

const header = z.strictObject({
  values: z.array(z.string()).optional(),
  files: z.array(file).optional(),
});

/** What every HTTP client of Prometheus can be given. Secrets are named by file alone. */
export const httpClient = {
  basic_auth: z
    .strictObject({
      username: z.string().optional(),
      username_file: file.optional(),
      password_file: file.optional(),
    })
    .optional(),
  authorization: z.strictObject({ type: z.string().min(1).optional(), credentials_file: file.optional() }).optional(),
  oauth2: oauth2.optional(),
  bearer_token_file: file.optional(),
  tls_config: tlsConfig.optional(),
  follow_redirects: z.boolean().optional(),
  enable_http2: z.boolean().optional(),
  http_headers: z
    .record(z.string(), header)
    .superRefine((headers, context) => {
      const message = "`files`, because its value is a credential";
      for (const name of credentialsInClear(headers))
        context.addIssue({ code: "custom", path: [name, "values"], message });
    })
    .optional(),
  ...proxy,
};
