import { z } from "zod";
import { credentialsInClear } from "../conventions/secret-forms";
import { reservedHeaders } from "../prometheus/httpRules";
import {
  file,
  filledText,
  flag,
  inlineSecret,
  looksSecret,
  proxyUrl,
  refused,
  text,
  textMap,
  url,
  withoutSecretManager,
} from "./scalars";

const tlsVersion = z.enum(["TLS10", "TLS11", "TLS12", "TLS13"]);

export const tlsConfig = z.strictObject({
  ca: text().optional(),
  ca_file: file().optional(),
  ca_ref: withoutSecretManager("ca_file").optional(),
  cert: text().optional(),
  cert_file: file().optional(),
  cert_ref: withoutSecretManager("cert_file").optional(),
  key: inlineSecret("key_file").optional(),
  key_file: file().optional(),
  key_ref: withoutSecretManager("key_file").optional(),
  server_name: text().optional(),
  insecure_skip_verify: flag().optional(),
  min_version: tlsVersion.optional(),
  max_version: tlsVersion.optional(),
});

const proxy = {
  proxy_url: proxyUrl().optional(),
  no_proxy: text().optional(),
  proxy_from_environment: flag().optional(),
  proxy_connect_header: refused(
    "holds what Alertmanager takes for secrets (not shown), and knows no file for them; use a proxy that needs no header",
  ).optional(),
};

const header = z.strictObject({
  values: z.array(text()).optional(),
  secrets: inlineSecret("files").optional(),
  files: z.array(file()).optional(),
});

export const httpHeaders = z
  .record(
    z.string().refine((name) => !reservedHeaders.has(name.toLowerCase()), {
      error: "a header that Alertmanager does not set itself; `authorization` and `basic_auth` are keys of http_config",
    }),
    header,
  )
  .superRefine((headers, context) => {
    const message = looksSecret("files: [{ credential: <name> }]");
    for (const name of credentialsInClear(headers))
      context.addIssue({ code: "custom", path: [name, "values"], message, params: { whole: true } });
  });

const basicAuth = z.strictObject({
  username: text().optional(),
  username_file: file().optional(),
  username_ref: withoutSecretManager("username_file").optional(),
  password: inlineSecret("password_file").optional(),
  password_file: file().optional(),
  password_ref: withoutSecretManager("password_file").optional(),
});

const authorization = z.strictObject({
  type: z
    .string()
    .refine((type) => type.trim().toLowerCase() !== "basic", {
      error: 'a type such as "Bearer"; for "Basic" there is `basic_auth`',
    })
    .optional(),
  credentials: inlineSecret("credentials_file").optional(),
  credentials_file: file().optional(),
  credentials_ref: withoutSecretManager("credentials_file").optional(),
});

const oauth2 = z.strictObject({
  client_id: filledText("the id of the client"),
  client_secret: inlineSecret("client_secret_file").optional(),
  client_secret_file: file().optional(),
  client_secret_ref: withoutSecretManager("client_secret_file").optional(),
  client_certificate_key_id: text().optional(),
  client_certificate_key: inlineSecret("client_certificate_key_file").optional(),
  client_certificate_key_file: file().optional(),
  client_certificate_key_ref: withoutSecretManager("client_certificate_key_file").optional(),
  grant_type: z.enum(["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"]).optional(),
  signature_algorithm: z.enum(["RS256", "RS384", "RS512"]).optional(),
  iss: text().optional(),
  audience: text().optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
  scopes: z.array(text()).optional(),
  token_url: url(),
  endpoint_params: textMap().optional(),
  tls_config: tlsConfig.optional(),
  ...proxy,
});

export const httpConfig = z.strictObject({
  basic_auth: basicAuth.optional(),
  authorization: authorization.optional(),
  oauth2: oauth2.optional(),
  bearer_token: inlineSecret("bearer_token_file").optional(),
  bearer_token_file: file().optional(),
  tls_config: tlsConfig.optional(),
  follow_redirects: flag().optional(),
  enable_http2: flag().optional(),
  http_headers: httpHeaders.optional(),
  ...proxy,
});

/** What every receiver has. */
export const common = { send_resolved: flag().optional() };
/** What every receiver that speaks HTTP has. */
export const commonOfHttp = { ...common, http_config: httpConfig.optional() };
