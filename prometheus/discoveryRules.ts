import { shown } from "../configuration/faults";
import { error, type Finding } from "../configuration/finding";
import type { Part } from "./configSchema";
import { isSet, together } from "./httpRules";
import { isMap } from "./tree";

/** Which objects each role of Kubernetes' discovery can select by. */
const selectorRoles: Readonly<Record<string, readonly string[]>> = {
  pod: ["pod", "node"],
  service: ["service"],
  endpoints: ["pod", "service", "endpoints"],
  endpointslice: ["pod", "service", "endpointslice"],
  node: ["node"],
  ingress: ["ingress"],
};
const emptyMap = {};
/** Keys of a client, and what each is unless it is set: anything else needs an address to talk to. */
const clientDefaults: Readonly<Record<string, unknown>> = {
  ...{
    basic_auth: undefined,
    authorization: undefined,
    oauth2: undefined,
    http_headers: undefined,
    proxy_url: undefined,
  },
  ...{ bearer_token_file: "", no_proxy: "", follow_redirects: true, enable_http2: true, proxy_from_environment: false },
  ...{ tls_config: emptyMap, proxy_connect_header: emptyMap },
};
const name = "(?:[a-z0-9.-]+/)?[A-Za-z0-9](?:[\\w.-]{0,61}[A-Za-z0-9])?";
const value = "(?:[A-Za-z0-9](?:[\\w.-]{0,61}[A-Za-z0-9])?)?";
const requirement = `\\s*(?:!?\\s*${name}|${name}\\s*(?:==?|!=)\\s*${value}|${name}\\s+(?:not)?in\\s*\\(\\s*${value}\\s*(?:,\\s*${value}\\s*)*\\)|${name}\\s*[<>]\\s*-?\\d+)\\s*`;
const labelSelector = new RegExp(`^(?:${requirement}(?:,${requirement})*)?\\s*$`);
const fieldSelector = /^(?:[^=!,\\]+(?:==?|!=)(?:[^=,\\]|\\[=,\\])*(?:,(?=.)|$))*$/;

/** What a discovery may not have together, or not alone. */
export function checkDiscovery(part: Part): Finding[] {
  const { type, value: config, path } = part;
  const wrong = (sentence: string, ...below: string[]) => [error([...path, ...below], sentence)];
  if (type === "kubernetes.SDConfig") return checkKubernetes(part);
  if (type === "dns.SDConfig") {
    const record = typeof config["type"] === "string" ? config["type"].toUpperCase() : "SRV";
    return record !== "SRV" && !config["port"]
      ? wrong(`has the type ${record} and no \`port\`; only SRV records have one.`)
      : [];
  }
  if (type === "stackit.SDConfig" && !isSet(config["endpoint"]) && !isSet(config["region"]))
    return wrong("has neither `endpoint` nor `region`; set one of them.");
  if (type === "oci.SDConfig") {
    const own = ["tenancy", "user", "fingerprint", "key_file"];
    const asKey = config["auth"] !== "instance_principal";
    return [...own, ...(asKey ? [] : ["key_passphrase_file"])].flatMap((key) =>
      isSet(config[key]) === asKey
        ? []
        : wrong(
            asKey
              ? "is not set; write it, or the `auth` instance_principal."
              : "cannot stand beside the `auth` instance_principal; remove it.",
            key,
          ),
    );
  }
  if (type === "marathon.SDConfig")
    return together(config, ["auth_token_file", "basic_auth", "authorization", "bearer_token_file"], path);
  return [];
}

function checkKubernetes({ value: config, path }: Part): Finding[] {
  const role = String(config["role"]);
  const findings = together(config, ["api_server", "kubeconfig_file"], path);
  const own = Object.keys(clientDefaults).filter((key) => isOwn(config[key], clientDefaults[key]));
  const elsewhere = ["api_server", "kubeconfig_file"].find((key) => isSet(config[key]));
  for (const key of elsewhere === "api_server" ? [] : own)
    findings.push(
      error(
        [...path, key],
        elsewhere === undefined
          ? "is for an API server that is named; set `api_server`, or remove it: the pod's own account is used then."
          : "cannot stand beside `kubeconfig_file`, which says it all; remove it.",
      ),
    );
  const namespaces = config["namespaces"];
  if (elsewhere !== undefined && isMap(namespaces) && namespaces["own_namespace"] === true)
    findings.push(
      error(
        [...path, "namespaces", "own_namespace"],
        `cannot stand beside \`${elsewhere}\`; name the namespace in \`names\`.`,
      ),
    );
  const seen = new Set<unknown>();
  const selectors = Array.isArray(config["selectors"]) ? (config["selectors"] as unknown[]) : [];
  for (const [index, selector] of selectors.entries()) {
    if (!isMap(selector)) continue;
    const at = [...path, "selectors", index];
    const { role: of, label, field } = selector;
    const allowed = selectorRoles[role];
    if (allowed !== undefined && typeof of === "string" && of in selectorRoles && !allowed.includes(of))
      findings.push(
        error([...at, "role"], `got ${shown(of)}; the role ${shown(role)} selects by ${allowed.join(", ")}.`),
      );
    if (seen.has(of))
      findings.push(
        error([...at, "role"], `is that of another selector; write both conditions into one, with a comma between.`),
      );
    seen.add(of);
    if (typeof label === "string" && !labelSelector.test(label))
      findings.push(
        error([...at, "label"], `got ${shown(label)}; accepted: a selector of labels, such as "app=web,tier!=test".`),
      );
    if (typeof field === "string" && !fieldSelector.test(field))
      findings.push(
        error([...at, "field"], `got ${shown(field)}; accepted: a selector of fields, such as "status.phase=Running".`),
      );
  }
  return findings;
}

function isOwn(here: unknown, unlessSet: unknown): boolean {
  if (here === undefined || here === null || here === unlessSet) return false;
  return unlessSet !== emptyMap || !isMap(here) || Object.keys(here).length > 0;
}
