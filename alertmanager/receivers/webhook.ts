import { z } from "zod";
import { isGoUrl } from "../../configuration/goUrl";
import { isSecretUrl } from "../../conventions/secret-forms";
import { commonOfHttp } from "../httpConfig";
import { count, file, goDuration, looksSecret, text, textMap, refused, flag } from "../scalars";

const secretUrl = looksSecret("url_file: { credential: <name> }");

export const webhookConfig = z.strictObject({
  ...commonOfHttp,
  url: z
    .string()
    .refine((value) => !isSecretUrl(value) || value.includes("{{"), { error: secretUrl, params: { whole: true } })
    .refine((value) => isSecretUrl(value) || value.includes("{{") || (/^https?:/i.test(value) && isGoUrl(value)), {
      error: "is no URL that begins with http:// or https:// (not shown, as it may be a secret)",
      params: { whole: true },
    })
    .optional(),
  url_file: file().optional(),
  max_alerts: count().optional(),
  timeout: goDuration().optional(),
  payload: z.unknown().optional(),
});

const sigv4 = z.strictObject({
  region: text().optional(),
  access_key: refused(
    "belongs to a secret that Alertmanager takes in clear only; let the pod have a role, or name a `profile` or a `role_arn`",
  ).optional(),
  secret_key: refused(
    "holds a secret in clear (not shown), and Alertmanager knows no file for it; let the pod have a role, or name a `profile` or a `role_arn`",
  ).optional(),
  profile: text().optional(),
  role_arn: text().optional(),
  external_id: text().optional(),
  use_fips_sts_endpoint: flag().optional(),
  service_name: text().optional(),
});

export const snsConfig = z.strictObject({
  ...commonOfHttp,
  api_url: text().optional(),
  sigv4: sigv4.optional(),
  topic_arn: text().optional(),
  phone_number: text().optional(),
  target_arn: text().optional(),
  subject: text().optional(),
  message: text().optional(),
  attributes: textMap().optional(),
  use_aws_http_client: flag().optional(),
});
