import { z } from "zod";
import { type ByteSize, type PrometheusDuration, positiveDuration } from "../configuration/durations";
import { prometheusByteSize, prometheusDuration } from "../configuration/durations";
import { isGoUrl } from "../configuration/goUrl";
import { withoutCredentials } from "../conventions/outside-text";
import { credentialHeader } from "../conventions/secret-forms";
import { configKeys } from "./configKeys";
import { isSecretKey } from "./secretKeys";
import { isMap } from "./tree";

/** Prometheus' own types by name, and of each its keys. */
export type ConfigKeys = (typeof configKeys)["types"];

const protocols = [
  "PrometheusProto",
  "OpenMetricsText1.0.0",
  "OpenMetricsText0.0.1",
  "PrometheusText1.0.0",
  "PrometheusText0.0.4",
] as const;
const roles = ["pod", "service", "endpoints", "endpointslice", "node", "ingress"] as const;
const validation = ["legacy", "utf8"] as const;
const escaping = ["allow-utf-8", "underscores", "dots", "values"] as const;
const tlsVersions = ["TLS10", "TLS11", "TLS12", "TLS13"] as const;

const relabelActions = [
  ...["replace", "keep", "drop", "keepequal", "dropequal", "hashmod"],
  ...["labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase"],
];

/** Texts of which Prometheus takes a few, by type and key: no type of Go says which. */
const choices = {
  "aws.SDConfig.role": ["ec2", "ecs", "elasticache", "lightsail", "msk", "rds"],
  // OAuth, which it is unless set, needs a secret in clear.
  "azure.SDConfig.authentication_method": ["ManagedIdentity", "SDK", "WorkloadIdentity"],
  "azuread.AzureADConfig.cloud": ["AzureChina", "AzureGovernment", "AzurePublic"],
  "config.ChunkEncodingConfig.floats": ["xor", "xor2"],
  "config.GlobalConfig.metric_name_escaping_scheme": escaping,
  "config.GlobalConfig.metric_name_validation_scheme": validation,
  "config.GlobalConfig.scrape_protocols": protocols,
  "config.OAuth2.signature_algorithm": ["RS256", "RS384", "RS512"],
  "config.OTLPConfig.translation_strategy": [
    "UnderscoreEscapingWithSuffixes",
    "UnderscoreEscapingWithoutSuffixes",
    "NoUTF8EscapingWithSuffixes",
    "NoTranslation",
  ],
  "config.RemoteWriteConfig.protobuf_message": ["prometheus.WriteRequest", "io.prometheus.write.v2.Request"],
  "config.ScrapeConfig.fallback_scrape_protocol": protocols,
  "config.ScrapeConfig.metric_name_escaping_scheme": escaping,
  "config.ScrapeConfig.metric_name_validation_scheme": validation,
  "config.ScrapeConfig.scheme": ["http", "https"],
  "config.ScrapeConfig.scrape_protocols": protocols,
  "config.TLSConfig.max_version": tlsVersions,
  "config.TLSConfig.min_version": tlsVersions,
  "digitalocean.SDConfig.role": ["droplets", "databases"],
  "hetzner.SDConfig.role": ["robot", "hcloud"],
  "kubernetes.SDConfig.role": roles,
  "kubernetes.SelectorConfig.role": roles,
  "moby.DockerSwarmSDConfig.role": ["services", "tasks", "nodes"],
  "oci.SDConfig.auth": ["api_key", "instance_principal"],
  "openstack.SDConfig.availability": ["public", "internal", "admin"],
  "openstack.SDConfig.role": ["hypervisor", "instance", "loadbalancer"],
  "ovhcloud.SDConfig.service": ["vps", "dedicated_server"],
  "scaleway.SDConfig.role": ["instance", "baremetal"],
  "triton.SDConfig.role": ["container", "cn"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Keys that have to be there, by type; a list of them is not empty either. */
const needed = {
  "aws.SDConfig": ["role"],
  "aws.Filter": ["name", "values"],
  "azure.SDConfig": ["subscription_id", "authentication_method"],
  "azuread.WorkloadIdentityConfig": ["client_id", "tenant_id"],
  "azuread.OAuthConfig": ["client_id", "client_secret", "tenant_id"],
  "config.OAuth2": ["client_id", "token_url"],
  "config.RemoteReadConfig": ["url"],
  "config.RemoteWriteConfig": ["url"],
  "dns.SDConfig": ["names"],
  "eureka.SDConfig": ["server"],
  "file.SDConfig": ["files"],
  "gce.SDConfig": ["project", "zone"],
  "hetzner.SDConfig": ["role"],
  "http.SDConfig": ["url"],
  "ionos.SDConfig": ["datacenter_id"],
  "kubernetes.SDConfig": ["role"],
  "kubernetes.SelectorConfig": ["role"],
  "marathon.SDConfig": ["servers"],
  "moby.DockerSDConfig": ["host"],
  "moby.DockerSwarmSDConfig": ["host", "role"],
  "oci.SDConfig": ["region"],
  "openstack.SDConfig": ["role", "region"],
  "outscale.SDConfig": ["region", "access_key", "secret_key_file"],
  "ovhcloud.SDConfig": ["endpoint", "application_key", "application_secret", "consumer_key", "service"],
  "puppetdb.SDConfig": ["url", "query"],
  "scaleway.SDConfig": ["role", "project_id", "access_key", "secret_key_file"],
  "stackit.SDConfig": ["project"],
  "triton.SDConfig": ["account", "dns_suffix", "endpoint"],
  "uyuni.SDConfig": ["server", "username", "password"],
  "xds.SDConfig": ["server"],
  "zookeeper.NerveSDConfig": ["servers", "paths"],
  "zookeeper.ServersetSDConfig": ["servers", "paths"],
} as const;

type Scalars = {
  readonly string: string;
  readonly bool: boolean;
  readonly int: number;
  readonly uint: number;
  readonly float: number;
  readonly duration: PrometheusDuration;
  readonly bytes: ByteSize | 0;
  readonly url: string;
  readonly any: unknown;
};

/** A step of relabelling as it is written; `replace`, which it is unless `action` says otherwise, needs its target. */
export type RelabelConfig = {
  source_labels?: string[];
  separator?: string;
  regex?: string | boolean | number;
  modulus?: number;
  replacement?: string;
} & (
  | { action?: "replace"; target_label: string }
  | { action: "keepequal" | "dropequal" | "lowercase" | "uppercase"; target_label: string }
  | { action: "hashmod"; target_label: string; modulus: number }
  | { action: "keep" | "drop" | "labelmap" | "labeldrop" | "labelkeep"; target_label?: string }
);

type ValueOf<Kind> = Kind extends `[]${infer Item}`
  ? ValueOf<Item>[]
  : Kind extends `{}${infer Item}`
    ? Record<string, ValueOf<Item>>
    : Kind extends "relabel.Config"
      ? RelabelConfig
      : Kind extends keyof Scalars
        ? Scalars[Kind]
        : Kind extends keyof ConfigKeys
          ? Config<Kind>
          : never;
type Chosen<Place, Kind> = Place extends keyof typeof choices
  ? Kind extends `[]${string}`
    ? (typeof choices)[Place][number][]
    : (typeof choices)[Place][number]
  : ValueOf<Kind>;
type NeededOf<Name> = Name extends keyof typeof needed ? (typeof needed)[Name][number] : never;

/** What stands at a type of Prometheus' in the file. Secrets are named by file alone. */
export type Config<Name extends keyof ConfigKeys> = {
  [
    Key in keyof ConfigKeys[Name] & string as ConfigKeys[Name][Key] extends "secret" | "[]secret" ? never : Key
  ]?: Chosen<`${Name}.${Key}`, ConfigKeys[Name][Key]>;
} & { [Key in NeededOf<Name>]: Chosen<`${Name}.${Key}`, ConfigKeys[Name][Key & keyof ConfigKeys[Name]]> };

/** A scrape job as the chart takes it in `scrapeConfigs.<job>`: Prometheus' own keys, and the chart's switch `enabled`. */
export type ScrapeConfig = Config<"config.ScrapeConfig"> & { enabled?: boolean };
/** Where samples are sent besides the server's own disk. */
export type RemoteWrite = Config<"config.RemoteWriteConfig">;

/** Whether a text is an address without user and password in it, and without a key or a token in its query. */
function isCleanUrl(text: string, scheme: RegExp): boolean {
  if (!isGoUrl(text) || !scheme.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "" && withoutCredentials(text) === text;
}
const address = (scheme: RegExp, schemes: string) =>
  z.string().refine((text) => isCleanUrl(text, scheme), {
    error: `an ${schemes} address, without user, password, key or token in it`,
  });
const url = address(/^https?:/i, "http:// or https://");
/** Credentials in it would be kept in clear. */
const withoutSecrets = (schema: z.ZodType<Record<string, unknown>>, instead: string) =>
  schema.superRefine((headers, context) => {
    for (const name of Object.keys(headers).filter((one) => credentialHeader.test(one)))
      if (!isMap(headers[name]) || headers[name]["values"] !== undefined)
        context.addIssue({ code: "custom", path: isMap(headers[name]) ? [name, "values"] : [name], message: instead });
  });
const names = z.record(z.string().min(1, { error: "a name that is not empty" }), z.string());
const absolute = z.string().regex(/^\//, { error: 'a path that begins with "/", such as "/metrics"' });
const filled = () => z.string().regex(/\S/, { error: "a text that is not empty" });
const uuid = () =>
  z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, {
    error: "an id such as 11111111-2222-4333-8444-555555555555",
  });
const inAnyCase = (texts: readonly string[], fold: (text: string) => string) =>
  z.preprocess((text) => (typeof text === "string" ? fold(text) : text), z.enum(texts));

/** What Prometheus asks of a value beyond its kind, or this program does, by type and key; `*` is every client of HTTP. */
const forms: Readonly<Record<string, () => z.ZodType>> = {
  "azuread.ManagedIdentityConfig.client_id": uuid,
  "azuread.OAuthConfig.client_id": uuid,
  "azuread.WorkloadIdentityConfig.client_id": uuid,
  "azuread.WorkloadIdentityConfig.tenant_id": uuid,
  "config.GlobalConfig.external_labels": () => names,
  "*.http_headers": () =>
    withoutSecrets(
      z.record(z.string(), schemaOf("config.Header")) as never,
      "`files`, because its value is a credential",
    ),
  "*.proxy_connect_header": () =>
    withoutSecrets(
      z.record(z.string(), z.array(z.string())),
      "a header that is no credential: this configuration is kept in clear, and Prometheus reads it from no file",
    ),
  "*.proxy_url": () => address(/^(https?|socks5h?):/i, "http://, https:// or socks5://"),
  "config.OAuth2.token_url": () => url,
  "config.QueueConfig.sample_age_limit": prometheusDuration,
  "config.RemoteReadConfig.required_matchers": () => names,
  "config.ScrapeConfig.metrics_path": () => absolute,
  "config.TSDBConfig.out_of_order_time_window": prometheusDuration,
  "config.TSDBRetentionConfig.percentage": () => z.number().min(0).max(100),
  "config.TSDBRetentionConfig.time": prometheusDuration,
  "config.GlobalConfig.rule_query_offset": prometheusDuration,
  "azuread.AzureADConfig.scope": () =>
    z.string().regex(/^[\w\s:/.-]*$/, { error: "a scope such as https://monitor.azure.com/.default" }),
  "consul.SDConfig.server": filled,
  "eureka.SDConfig.server": () => url,
  "xds.SDConfig.server": () => url,
  "nomad.SDConfig.server": filled,
  "dns.SDConfig.type": () => inAnyCase(["SRV", "A", "AAAA", "MX", "NS"], (text) => text.toUpperCase()),
  "file.SDConfig.files": () =>
    z
      .array(
        z.string().regex(/^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/, {
          error: "the path of a .json, .yml or .yaml file, with at most one * and that in its last part",
        }),
      )
      .min(1),
  "http.SDConfig.url": () => url,
  "oci.SDConfig.compartments": () => z.array(z.string().min(1)),
  "puppetdb.SDConfig.url": () => url,
  "relabel.Config.action": () => inAnyCase(relabelActions, (text) => text.toLowerCase()),
  // Prometheus reads what YAML holds for a number or a boolean as the text that it is; the chart's jobs have `regex: true`.
  "relabel.Config.regex": () => z.union([z.string(), z.boolean(), z.number()]),
  "relabel.Config.source_labels": () => z.array(z.string().min(1)),
  "targetgroup.Group.labels": () => names,
  "zookeeper.NerveSDConfig.paths": () => z.array(absolute).min(1),
  "zookeeper.ServersetSDConfig.paths": () => z.array(absolute).min(1),
};

const sizes = 'a size such as "8GB", "500MiB" or "1.5TB"';
const scalars: Readonly<Record<keyof Scalars, () => z.ZodType>> = {
  string: z.string,
  bool: z.boolean,
  int: z.int,
  uint: () => z.int().min(0),
  float: z.number,
  duration: positiveDuration,
  bytes: () => z.union([z.literal(0), prometheusByteSize()], { error: sizes }),
  url: () => url,
  any: z.unknown,
};

/** All types, as strings. */
export const keysOf: Readonly<Record<string, Readonly<Record<string, string>>>> = configKeys.types;
const schemas = new Map<string, z.ZodType>();

/** The schema of a kind of value, such as `duration`, `[]string` or `config.ScrapeConfig`. */
export function schemaOf(kind: string): z.ZodType {
  if (kind.startsWith("[]")) return z.array(schemaOf(kind.slice(2)));
  if (kind.startsWith("{}")) return z.record(z.string(), schemaOf(kind.slice(2)));
  if (kind in scalars) return scalars[kind as keyof Scalars]();
  const known = schemas.get(kind) ?? z.strictObject(shapeOf(kind));
  schemas.set(kind, known);
  return known;
}

function shapeOf(type: string): Record<string, z.ZodType> {
  const keys = keysOf[type] ?? {};
  const all: readonly string[] = needed[type as keyof typeof needed] ?? [];
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, kind]) => {
      const isNeeded = all.includes(key);
      if (isSecretKey(key, keys)) return isNeeded ? [[key, noFile]] : [];
      const schema = formOf(type, key, kind);
      if (!isNeeded) return [[key, schema.optional()]];
      return [[key, schema instanceof z.ZodString || schema instanceof z.ZodArray ? schema.min(1) : schema]];
    }),
  );
}

function formOf(type: string, key: string, kind: string): z.ZodType {
  const form = forms[`${type}.${key}`] ?? forms[`*.${key}`];
  if (form !== undefined) return form();
  const texts: readonly string[] | undefined = choices[`${type}.${key}` as keyof typeof choices];
  if (texts === undefined) return schemaOf(kind);
  // An empty text is that of all jobs.
  if (key.startsWith("metric_name_")) return z.enum(["", ...texts]);
  return kind.startsWith("[]") ? z.array(z.enum(texts)).min(1) : z.enum(texts);
}

const noFile = z.custom(() => false, {
  error: "nothing, so that this cannot be used: it is a secret that Prometheus reads from no file",
});

/** A map within a configuration that is one of Prometheus' own types. */
export interface Part {
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: readonly (string | number)[];
}

/** Every part of a value of that kind, from the outermost inwards. */
export function* partsOf(kind: string, value: unknown, path: Part["path"]): Generator<Part> {
  if (kind.startsWith("[]")) {
    if (!Array.isArray(value)) return;
    for (const [index, item] of value.entries()) yield* partsOf(kind.slice(2), item, [...path, index]);
  } else if (!isMap(value)) return;
  else if (kind.startsWith("{}")) {
    for (const [key, inner] of Object.entries(value)) yield* partsOf(kind.slice(2), inner, [...path, key]);
  } else if (keysOf[kind] !== undefined) {
    yield { type: kind, value, path };
    for (const [key, inner] of Object.entries(keysOf[kind]))
      if (Object.hasOwn(value, key)) yield* partsOf(inner, value[key], [...path, key]);
  }
}
