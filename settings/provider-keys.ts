import type { Fault } from "../validation/faults";
import { parseKeys } from "./parse";
import { type AwsProviderSettings, awsProviderSchema, refusedAwsKeys } from "./sections/aws-provider";

/** The settings that replace keys of `kubernetes:`. No key of `kubernetes:` is read. */
const insteadOfKubernetes: Readonly<Record<string, string>> = {
  context: "alerting:context",
  kubeconfig: "alerting:kubeconfig (the path of a file)",
  namespace: "alerting:namespace",
};

/**
 * Reads the keys that configure Pulumi's providers, such as `aws:region`. This program creates its providers
 * explicitly, and Pulumi passes such keys only to default providers. Each key is therefore passed on or refused, so
 * that none is silently ignored.
 */
export function parseProviderKeys(
  all: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean,
): { aws: Partial<AwsProviderSettings>; faults: Fault[] } {
  const of = (namespace: string) =>
    Object.fromEntries(
      Object.entries(all).flatMap(([key, value]) =>
        key.startsWith(`${namespace}:`) ? [[key.slice(namespace.length + 1), value]] : [],
      ),
    );
  const raw = of("aws");
  const refused = Object.keys(raw).filter((key) => Object.hasOwn(refusedAwsKeys, key));
  const left = Object.fromEntries(Object.entries(raw).filter(([key]) => !refused.includes(key)));
  const { settings, faults } = parseKeys("aws", awsProviderSchema, left, (key) => isSecret(`aws:${key}`));
  return {
    aws: settings,
    faults: [
      ...refused.map((key) => ({ key: `aws:${key}`, sentence: `is refused: ${refusedAwsKeys[key]}.` })),
      ...faults,
      ...Object.keys(of("kubernetes")).map((key) => {
        const instead = insteadOfKubernetes[key];
        const remedy = instead === undefined ? "Remove it" : `Remove it, and set ${instead}`;
        return {
          key: `kubernetes:${key}`,
          sentence: `is not read, because this program creates its provider explicitly. ${remedy}.`,
        };
      }),
    ],
  };
}
