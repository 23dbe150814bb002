import type { NodeMachine } from "../aws/network";
import { type CheckResult, count, failed, ok, warning } from "../../shared/check-result";

/**
 * Whether pods on the nodes get AWS credentials from the metadata service. Prometheus asks for them when it starts, and
 * ends if there are none. Whether the role may write, only the engine's answers show.
 */
export function nodeCredentials(nodes: readonly NodeMachine[]): CheckResult[] {
  const known = nodes.flatMap(({ node, machine }) => (machine ? [{ name: node.name, machine }] : []));
  if (known.length === 0) return [warning("is not known: EC2 knows none of the nodes that run Prometheus.")];
  const results = known.flatMap(({ name, machine }): CheckResult[] => {
    const { InstanceId: id = "<instance>", MetadataOptions: options, IamInstanceProfile: profile } = machine;
    const set = (flags: string) => `\`aws ec2 modify-instance-metadata-options --instance-id ${id} ${flags}\`.`;
    if (options?.HttpEndpoint === "disabled")
      return [
        failed(`${name} has no metadata service, so Prometheus would not start there.`, set("--http-endpoint enabled")),
      ];
    if ((options?.HttpPutResponseHopLimit ?? 1) < 2) {
      const what = `pods on ${name} get no token from the metadata service, whose hop limit is 1`;
      const todo = set("--http-put-response-hop-limit 2");
      return [
        options?.HttpTokens === "optional"
          ? warning(`${what}; Prometheus gets its credentials only without a token (IMDSv1).`, todo)
          : failed(`${what}, so Prometheus would not start there.`, todo),
      ];
    }
    if (profile === undefined)
      return [
        failed(
          `${name} has no instance profile, so Prometheus would not start there.`,
          "Attach a profile whose role may write to the workspace (docs/long-term.md).",
        ),
      ];
    return [];
  });
  return results.length > 0 ? results : [ok(`pods on ${count(known.length, "node")} get credentials from AWS.`)];
}
