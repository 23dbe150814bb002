import { z } from "zod";
import { awsRegion, webUrl } from "./value-types";

const text = z.string().min(1);
// An id without quotes that is set with `--path` arrives as a number.
const accountId = z.preprocess(
  (value) => (typeof value === "number" ? String(value) : value),
  z.string().regex(/^\d{12}$/, { error: "an account id of twelve digits, in quotes" }),
);
const accountIds = z.array(accountId).min(1, { error: "at least one account id" });
// The NLBs' controllers take all tags in one string, `key=value,key=value`.
const tag = z
  .string()
  .regex(/^[^,=]*$/, { error: "a string without commas and equals signs, which separate the NLBs' tags" });

const role = z.strictObject({
  roleArn: z.string().regex(/^arn:aws[-a-z]*:iam::\d{12}:role\/\S+$/, { error: "the ARN of a role" }),
  sessionName: text.optional(),
  externalId: text.optional(),
  duration: z
    .string()
    .regex(/^(\d+h)?(\d+m)?(\d+s)?$/, { error: 'a duration such as "1h"' })
    .min(1)
    .optional(),
  policy: text.optional(),
  policyArns: z.array(text).optional(),
  sourceIdentity: text.optional(),
  tags: z.record(z.string(), z.string()).optional(),
  transitiveTagKeys: z.array(text).optional(),
});

/**
 * The keys of `aws:` that this program supports. The program creates its AWS provider explicitly. Such a provider reads
 * no stack configuration, so the program passes each key to it under the same name.
 */
export const awsProviderSchema = z.strictObject({
  region: awsRegion.optional(),
  profile: text.optional(),
  assumeRoles: z.array(role).optional(),
  stsRegion: awsRegion.optional(),
  allowedAccountIds: accountIds.optional(),
  forbiddenAccountIds: accountIds.optional(),
  defaultTags: z.strictObject({ tags: z.record(tag, tag).optional() }).optional(),
  ignoreTags: z.strictObject({ keys: z.array(text).optional(), keyPrefixes: z.array(text).optional() }).optional(),
  endpoints: z
    .array(z.strictObject({ ec2: webUrl.optional(), efs: webUrl.optional(), sts: webUrl.optional() }))
    .max(1, { error: "one object with the URLs of ec2, efs and sts" })
    .optional(),
  useDualstackEndpoint: z.boolean().optional(),
  useFipsEndpoint: z.boolean().optional(),
  customCaBundle: text.optional(),
  httpProxy: webUrl.optional(),
  httpsProxy: webUrl.optional(),
  noProxy: text.optional(),
  maxRetries: z.number().int().min(0).optional(),
  retryMode: z.enum(["standard", "adaptive"]).optional(),
  tokenBucketRateLimiterCapacity: z.number().int().min(0).optional(),
  skipCredentialsValidation: z.boolean().optional(),
  skipMetadataApiCheck: z.boolean().optional(),
  skipRegionValidation: z.boolean().optional(),
  skipRequestingAccountId: z.boolean().optional(),
  tagPolicyCompliance: z.enum(["error", "warning", "disabled"]).optional(),
  userAgents: z.array(text).optional(),
});

/** The keys of `aws:` that this program passes to its AWS provider. */
export type AwsProviderSettings = z.output<typeof awsProviderSchema>;

const credential =
  "credentials are not kept in the stack. Remove it, and sign in by aws:profile or by AWS' environment variables";

/** Keys of `aws:` that the provider knows and this program refuses, each with what to set instead. */
export const refusedAwsKeys: Readonly<Record<string, string>> = {
  accessKey: credential,
  secretKey: credential,
  token: credential,
  assumeRole: 'the provider has a list of roles today. Write `aws:assumeRoles: [{ roleArn: "arn:aws:iam::…" }]`',
  assumeRoleWithWebIdentity:
    "a token belongs to the machine. Remove it, and set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the environment",
  insecure: "the certificate of AWS is always checked. Set your authority: `aws:customCaBundle: <file>`",
  ec2MetadataServiceEndpoint:
    "it belongs to the machine. Remove it, and set AWS_EC2_METADATA_SERVICE_ENDPOINT in the environment",
  ec2MetadataServiceEndpointMode:
    "it belongs to the machine. Remove it, and set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE in the environment",
  sharedConfigFiles: "it belongs to the machine. Remove it, and set AWS_CONFIG_FILE in the environment",
  sharedCredentialsFiles:
    "it belongs to the machine. Remove it, and set AWS_SHARED_CREDENTIALS_FILE in the environment",
  s3UsePathStyle: "this program has nothing in S3. Remove it",
  s3UsEast1RegionalEndpoint: "this program has nothing in S3. Remove it",
  version: "the provider's version is that of @pulumi/aws in package.json. Remove it",
  pluginDownloadURL: "the provider's plugin comes with @pulumi/aws in package.json. Remove it",
};
