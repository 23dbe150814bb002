import { readFileSync } from "node:fs";
import * as https from "node:https";
import type { Socket } from "node:net";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EFSClient } from "@aws-sdk/client-efs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/nested-clients/sts";
import type { StackSettings } from "../../../settings/stack-settings";
import { type Proxies, proxiesOf, proxyFor } from "../../../settings/proxies";
import { ThroughProxy } from "../../shared/http";

type AwsSettings = StackSettings["aws"];
type Role = NonNullable<AwsSettings["assumeRoles"]>[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** Credentials for AWS. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Clients that reach AWS like the program's provider: with the same account, role, endpoints and proxy. */
export function awsClients(
  settings: AwsSettings,
  environment: Environment = process.env,
): { readonly ec2: EC2Client; readonly efs: EFSClient } {
  const { common, endpointOf, credentials } = accessOf(settings, environment);
  const signedIn = { ...common, ...(credentials && { credentials }) };
  return {
    ec2: new EC2Client({ ...signedIn, ...endpointOf("ec2") }),
    efs: new EFSClient({ ...signedIn, ...endpointOf("efs") }),
  };
}

/** The credentials of the program's provider, or those of a role that they may assume. */
export async function awsKeys(
  settings: AwsSettings,
  roleArn?: string,
  environment: Environment = process.env,
): Promise<Keys> {
  const { common, sts, credentials = new EC2Client(common).config.credentials } = accessOf(settings, environment);
  return roleArn === undefined ? credentials() : assumed(sts(credentials), { roleArn });
}

function accessOf(settings: AwsSettings, environment: Environment) {
  const {
    region,
    profile,
    useDualstackEndpoint,
    useFipsEndpoint,
    retryMode,
    endpoints: [endpoints = {}] = [],
  } = settings;
  const common = {
    region,
    ...(profile !== undefined && { profile }),
    ...(useDualstackEndpoint !== undefined && { useDualstackEndpoint }),
    ...(useFipsEndpoint !== undefined && { useFipsEndpoint }),
    ...(retryMode !== undefined && { retryMode }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, httpsAgent: agentFor(settings, environment) },
  };
  const endpointOf = (service: keyof typeof endpoints) =>
    endpoints[service] === undefined ? {} : { endpoint: endpoints[service] };
  const sts = (credentials: () => Promise<Keys>) =>
    new STSClient({ ...common, ...endpointOf("sts"), credentials, region: settings.stsRegion ?? region });
  const credentials = (settings.assumeRoles ?? []).reduce<(() => Promise<Keys>) | undefined>(
    (before, role) => () =>
      // Unlike the other clients, this one does not find credentials by itself.
      assumed(sts(before ?? new EC2Client(common).config.credentials), role),
    undefined,
  );
  return { common, endpointOf, sts, credentials };
}

async function assumed(sts: STSClient, role: Role): Promise<Keys> {
  const answer = await sts.send(
    new AssumeRoleCommand({
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName ?? "alerting-preflight",
      ExternalId: role.externalId,
      Policy: role.policy,
      PolicyArns: role.policyArns?.map((arn) => ({ arn })),
      SourceIdentity: role.sourceIdentity,
      Tags: role.tags && Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
      TransitiveTagKeys: role.transitiveTagKeys && [...role.transitiveTagKeys],
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined) throw new Error(`${role.roleArn} came without keys`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken !== undefined && { sessionToken: SessionToken }),
    ...(Expiration !== undefined && { expiration: Expiration }),
  };
}

const anyService = "https://amazonaws.com";

/**
 * The connection to AWS: through HTTPS_PROXY and with the authorities in AWS_CA_BUNDLE, or what `aws:` sets instead.
 */
function agentFor(
  { customCaBundle, httpProxy, httpsProxy, noProxy }: AwsSettings,
  environment: Environment,
): https.Agent | ThroughProxy {
  const bundle = customCaBundle ?? environment.AWS_CA_BUNDLE;
  const options = { keepAlive: true, ...(bundle && { ca: authoritiesIn(bundle) }) };
  const direct = new https.Agent(options);
  const proxies = proxiesOf(environment, { httpProxy, httpsProxy, noProxy });
  const proxy = proxyFor(anyService, { ...proxies, noProxy: undefined });
  return proxy === undefined ? direct : new Exempting(proxy, options, proxies, direct);
}

function authoritiesIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`the authorities' file ${file} (aws:customCaBundle or AWS_CA_BUNDLE) cannot be read: ${code}`, {
      cause: error,
    });
  }
}

/**
 * A proxy for all hosts except those in `NO_PROXY`. It decides at each connection, because each AWS service has a
 * different host.
 */
class Exempting extends ThroughProxy {
  /**
   * The agent's own options apply to the connection to the proxy; those for the server behind it must be passed again.
   */
  private readonly authorities: Pick<https.AgentOptions, "ca">;

  constructor(
    proxy: string,
    options: https.AgentOptions,
    private readonly proxies: Proxies,
    private readonly direct: https.Agent,
  ) {
    super(proxy, anyService, options);
    this.authorities = options.ca === undefined ? {} : { ca: options.ca };
  }

  override connect(...[request, options]: Parameters<ThroughProxy["connect"]>): Promise<Socket> {
    const { host, port } = options as { host?: string; port?: number };
    const through = proxyFor(`https://${host ?? ""}:${port ?? 443}`, this.proxies);
    // The caller also accepts an agent instead of a socket, although its types do not say so.
    if (through === undefined) return Promise.resolve(this.direct as unknown as Socket);
    return super.connect(request, { ...options, ...this.authorities });
  }
}
