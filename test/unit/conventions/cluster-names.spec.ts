import assert from "node:assert/strict";
import { nodesNamespace } from "../../../conventions/cluster-names";
import { prometheusChart } from "../../../versions";
import { type Environment, type EnvironmentRun, environments, runEnvironment } from "../../support/environment-runs";
import { namedProvider, type Registered, unwrapped } from "../../support/mocks";
import { canary, canaryPath } from "../../support/settings";

/** Cluster-scoped kinds. */
const clusterWide = [
  "Namespace",
  "PriorityClass",
  "PersistentVolume",
  "NodePatch",
  "ClusterRole",
  "ClusterRoleBinding",
];
/** AWS resource types that cannot have tags. */
const withoutTags = ["BackupPolicy", "FileSystemPolicy", "MountTarget"];

const kindOf = ({ type }: Registered) => type.split(":").at(-1)!;
const isProvider = ({ type }: Registered) => type.startsWith("pulumi:providers:");

describe("every resource of every environment", () => {
  const runs = new Map<Environment, EnvironmentRun>();
  before(async () => {
    for (const environment of environments) runs.set(environment, await runEnvironment(environment));
  });

  /** Calls the function with each custom resource of each environment, except providers. */
  function each(check: (resource: Registered, environment: Environment, recorder: EnvironmentRun["recorder"]) => void) {
    let count = 0;
    for (const [environment, { recorder }] of runs) {
      for (const resource of recorder.resources.filter((one) => one.custom && !isProvider(one))) {
        check(resource, environment, recorder);
        count += 1;
      }
    }
    assert.ok(count > environments.length * 20, `only ${count} resources`);
  }

  it("has a parent, and the main component as its topmost ancestor", () => {
    each((resource, _, recorder) => {
      assert.equal(recorder.ancestors(resource).at(-1), "alerting:index:Alerting", resource.urn);
    });
  });

  it("has a named provider, never a default one", () => {
    each((resource) => {
      assert.ok(
        resource.provider.includes(namedProvider(resource.type)),
        `${resource.urn} has provider "${resource.provider}"`,
      );
    });
    for (const [environment, { recorder }] of runs) {
      const names = recorder.resources.filter(isProvider).map(({ name }) => name);
      assert.deepEqual(names.sort(), ["aws", "cluster", "random"], environment);
    }
  });

  it("is in the stack's namespace if its kind is namespaced, except for the network policy of node-exporter's namespace", () => {
    each((resource, _, recorder) => {
      if (!resource.type.startsWith("kubernetes:") || clusterWide.includes(kindOf(resource))) return;
      const { metadata, namespace } = resource.inputs as { metadata?: { namespace?: string }; namespace?: string };
      const one = (recorder.one(":Namespace", "namespace").inputs.metadata as { name: string }).name;
      const wanted = resource.name === "network-deny-all-nodes" ? nodesNamespace(one) : one;
      assert.equal(kindOf(resource) === "Release" ? namespace : metadata?.namespace, wanted, resource.urn);
    });
  });

  it("has tags for project, stack and cluster if it is in AWS or is an NLB, and a label if it is in the cluster", () => {
    each((resource, environment) => {
      const tags = { "pulumi-project": "alerting", "pulumi-stack": environment, cluster: environment };
      if (resource.type.startsWith("aws:")) {
        if (withoutTags.includes(kindOf(resource))) return;
        const { Name, ...rest } = resource.inputs.tags as Record<string, string>;
        assert.deepEqual(rest, tags, resource.urn);
        assert.ok(Name === undefined || Name.includes(environment), resource.urn);
        return;
      }
      // These kinds get no labels: a node is not the program's, a release labels its objects, a password is only state.
      if (["NodePatch", "Release", "RandomPassword"].includes(kindOf(resource))) return;
      const { labels, annotations } = resource.inputs.metadata as Record<string, Record<string, string>>;
      assert.equal(labels?.["app.kubernetes.io/part-of"], "alerting", resource.urn);
      if (kindOf(resource) !== "Service") return;
      const told = annotations?.["service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags"];
      const wanted = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
      assert.deepEqual(told?.split(",").sort(), wanted.sort(), resource.urn);
    });
  });

  it("is the pinned chart if it is a release", () => {
    for (const { recorder } of runs.values()) {
      const { chart, version } = recorder.one(":Release").inputs;
      assert.deepEqual([chart, version], [prometheusChart.name, prometheusChart.version]);
    }
  });

  it("contains no secret in plain text: the webhook is in one Secret, marked as secret, and in no output", () => {
    const holders: string[] = [];
    each((resource, environment) => {
      assert.ok(!JSON.stringify(withoutSecrets(resource.inputs)).includes(canaryPath), resource.urn);
      if (JSON.stringify(unwrapped(resource.inputs)).includes(canary)) holders.push(`${environment} ${resource.name}`);
    });
    assert.deepEqual(
      holders,
      environments.map((environment) => `${environment} slack-webhook`),
    );
    for (const { outputs } of runs.values()) {
      for (const [name, { value, secret }] of Object.entries(outputs)) {
        assert.ok(!secret && !JSON.stringify(value).includes(canaryPath), name);
      }
    }
  });

  it("has a unique URN and, in the cluster, a unique name", () => {
    for (const { recorder } of runs.values()) {
      assertUnique(recorder.resources.map(({ urn }) => urn));
    }
    for (const environment of environments) {
      const names: string[] = [];
      each((resource, of) => {
        const name = nameInCluster(resource);
        if (of === environment && name !== undefined) names.push(name);
      });
      assert.ok(names.length > 8);
      assertUnique(names);
    }
  });

  it("has a unique name in AWS across all environments, which may share an account", () => {
    const names: string[] = [];
    each((resource) => names.push(...namesInAws(resource)));
    assert.ok(names.length >= environments.length * 5);
    assertUnique(names);
  });

  it("is protected exactly if it is in prod and holds or guards data", () => {
    each((resource, environment) => {
      const holdsData = ["FileSystem", "AccessPoint", "FileSystemPolicy", "BackupPolicy"].includes(kindOf(resource));
      assert.equal(resource.protect, holdsData && environment === "prod", resource.urn);
    });
  });
});

/** A value in which a placeholder replaces each marked secret. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (unwrapped(value) !== value && "4dabf18193072939515e22adb298388d" in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

/** `<kind> <name>` of an object that this program names. This excludes nodes, which the program does not name. */
function nameInCluster(resource: Registered): string | undefined {
  if (!resource.type.startsWith("kubernetes:") || kindOf(resource) === "NodePatch") return undefined;
  const { metadata, name } = resource.inputs as { metadata?: { name?: string }; name?: string };
  const found = kindOf(resource) === "Release" ? name : metadata?.name;
  assert.ok(found, `${resource.urn} has no name`);
  return `${kindOf(resource)} ${found}`;
}

/**
 * The names that must differ in an account: tokens and directories, which AWS compares, and names, which people read.
 */
function namesInAws({ type, inputs }: Registered): string[] {
  if (!type.startsWith("aws:")) return [];
  const { creationToken, rootDirectory, tags } = inputs as {
    creationToken?: string;
    rootDirectory?: { path: string };
    tags?: { Name?: string };
  };
  const named = { token: creationToken, directory: rootDirectory?.path, [`name of a ${type}`]: tags?.Name };
  return Object.entries(named).flatMap(([what, name]) => (name === undefined ? [] : [`${what} ${name}`]));
}

function assertUnique(names: readonly string[]): void {
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  assert.deepEqual(twice, []);
}
