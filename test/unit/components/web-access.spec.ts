import assert from "node:assert/strict";
import { parse } from "yaml";
import { webConfig } from "../../../components/web-access";
import { buildAlerting } from "../../support/build-alerting";
import { type Registered, resolved, unwrapped } from "../../support/mocks";
import { guarded, type Values } from "../../support/settings";

const password = { access: { password: true } };
const tlsTexts = { chain: "the chain", key: "the key", authority: "the authority" };

async function build(values: Values, certificate?: typeof tlsTexts) {
  const { recorder, alerting } = await buildAlerting(values, { certificate });
  const url = async (
    name: "prometheusUrl" | "alertmanagerUrl" | "prometheusInClusterUrl" | "alertmanagerInClusterUrl",
  ) => (await resolved(alerting.outputs[name])).value;
  return { recorder, url };
}

type Built = Awaited<ReturnType<typeof build>>;

function texts({ recorder }: Built, name: string): Record<string, string> {
  return unwrapped(recorder.one(":Secret", name).inputs.stringData) as Record<string, string>;
}

const passwordNames = ({ recorder }: Built) =>
  recorder
    .all(":RandomPassword")
    .map(({ name }) => name)
    .sort();

describe("the resources for access", () => {
  it("are not created if there is neither password nor certificate", async () => {
    const built = await build({ access: { password: false } });
    assert.deepEqual(passwordNames(built), []);
    assert.deepEqual(
      built.recorder.all(":Secret").map(({ name }) => name),
      ["slack-webhook"],
    );
    assert.ok(!built.recorder.resources.some(({ type }) => type.startsWith("random:") || type.endsWith(":random")));
  });

  it("include one password for people and two for Prometheus, with letters and digits, from the named provider", async () => {
    const built = await build(password);
    assert.deepEqual(passwordNames(built), ["web-client-password-0", "web-client-password-1", "web-password-1"]);
    for (const one of built.recorder.all(":RandomPassword")) {
      assert.deepEqual(one.inputs, { length: 32, special: false });
      assert.match(one.provider, /pulumi:providers:random::random::/);
      assert.equal(built.recorder.ancestors(one)[0], "alerting:access:WebAccess");
    }
  });

  it("keep the current password while a second one is added, and drop the first one when its number is removed", async () => {
    const names = async (passwords: number[]) => passwordNames(await build({ access: { password: true, passwords } }));
    const ofPeople = (all: string[]) => all.filter((name) => name.startsWith("web-password"));
    assert.deepEqual(ofPeople(await names([1, 2])), ["web-password-1", "web-password-2"]);
    assert.deepEqual(await names([2]), ["web-client-password-1", "web-client-password-2", "web-password-2"]);
  });

  it("give the servers only the hashes of the passwords", async () => {
    const built = await build({ access: { password: true, passwords: [1, 2] } });
    const files = texts(built, "web-access");
    assert.deepEqual(Object.keys(files), ["web.yml"]);
    assert.deepEqual(parse(files["web.yml"]!), {
      basic_auth_users: {
        "alerting-1": "hash-of-web-password-1",
        "alerting-2": "hash-of-web-password-2",
        "prometheus-0": "hash-of-web-client-password-0",
        "prometheus-1": "hash-of-web-client-password-1",
        "prometheus-2": "hash-of-web-client-password-2",
      },
    });
    assert.doesNotMatch(files["web.yml"]!, /password-of/);
  });

  it("give Prometheus its own password, the first one, and never people's passwords", async () => {
    const built = await build({ access: { password: true, passwords: [1, 2] } });
    assert.deepEqual(texts(built, "web-access-client"), {
      username: "prometheus-1",
      password: "password-of-web-client-password-1",
    });
    const all = JSON.stringify(unwrapped(built.recorder.resources.map(({ inputs }) => inputs)));
    assert.doesNotMatch(all, /password-of-web-password/);
  });

  it("are all marked as secret, in Secrets with fixed names that exist before the pods", async () => {
    const built = await build(password);
    const secrets = ["web-access", "web-access-client"].map((name) => built.recorder.one(":Secret", name));
    const name = ({ inputs }: Registered) => (inputs.metadata as { name: string }).name;
    assert.deepEqual(secrets.map(name), ["alerting-web", "alerting-web-client"]);
    for (const { inputs } of secrets) {
      // Only `stringData` may contain passwords or hashes.
      assert.doesNotMatch(JSON.stringify(inputs.metadata), /hash-of|password-of/);
      assert.notDeepEqual(inputs.stringData, unwrapped(inputs.stringData));
    }
    const waitsFor = built.recorder.waitsFor(built.recorder.one(":Release"));
    for (const secret of ["web-access", "web-access-client"]) assert.ok(waitsFor.includes(secret));
  });

  it("are updated in place when a password is rotated: the objects and their names stay", async () => {
    const object = async (passwords: number[]) => {
      const built = await build({ access: { password: true, passwords } });
      return built.recorder.all(":Secret").map(({ name, inputs, replaceOnChanges, deleteBeforeReplace }) => {
        const { metadata, immutable } = inputs as { metadata: unknown; immutable?: boolean };
        assert.deepEqual([immutable, replaceOnChanges, deleteBeforeReplace], [undefined, [], false]);
        return [name, metadata];
      });
    };
    assert.deepEqual(await object([1]), await object([1, 2]));
  });

  it("include a custom certificate, and give Prometheus the authority to verify it", async () => {
    const built = await build({ ...guarded, access: { password: true } }, tlsTexts);
    const { "web.yml": config, ...files } = texts(built, "web-access");
    assert.deepEqual(files, { "tls.crt": "the chain", "tls.key": "the key" });
    assert.deepEqual((parse(config!) as { tls_server_config: unknown }).tls_server_config, {
      cert_file: "tls.crt",
      key_file: "tls.key",
      min_version: "TLS12",
    });
    const client = texts(built, "web-access-client");
    assert.equal(client["ca.crt"], "the authority");
    assert.ok(!JSON.stringify(client).includes("the key"), "Prometheus as a client has no key");
  });

  it("include the certificate even if there is no password", async () => {
    const built = await build({ ...guarded, access: { password: false } }, tlsTexts);
    assert.deepEqual(Object.keys(parse(texts(built, "web-access")["web.yml"]!) as object), ["tls_server_config"]);
    assert.deepEqual(texts(built, "web-access-client"), { "ca.crt": "the authority" });
    assert.deepEqual(passwordNames(built), []);
  });
});

describe("the addresses of the pages", () => {
  const port = ({ recorder }: Built) =>
    recorder.all(":Service").map(({ inputs }) => {
      const { spec } = inputs as { spec: { ports: { name: string; port: number; targetPort: number }[] } };
      assert.equal(spec.ports.length, 1);
      return [spec.ports[0]!.name, spec.ports[0]!.port, spec.ports[0]!.targetPort];
    });

  it("use the NLBs' host names and the HTTP port if there is no certificate, whether or not there is a password", async () => {
    for (const access of [{ password: false }, { password: true }]) {
      const built = await build({ access, prometheus: { externalUrl: "https://elsewhere.example" } });
      assert.match(await built.url("prometheusUrl"), /^http:\/\/endpoints-prometheus-.*amazonaws\.com$/);
      assert.match(await built.url("alertmanagerUrl"), /^http:\/\/endpoints-alertmanager-.*amazonaws\.com$/);
      assert.deepEqual(port(built).sort(), [
        ["http", 80, 9090],
        ["http", 80, 9093],
      ]);
    }
  });

  it("use the certificate's host names and only the HTTPS port if the certificate is in ACM", async () => {
    const built = await build(guarded);
    assert.equal(await built.url("prometheusUrl"), "https://prometheus.example");
    assert.equal(await built.url("alertmanagerUrl"), "https://alertmanager.example");
    assert.equal(await built.url("prometheusInClusterUrl"), "http://prometheus-server.monitoring.svc");
    assert.deepEqual(port(built).sort(), [
      ["https", 443, 9090],
      ["https", 443, 9093],
    ]);
    for (const { inputs } of built.recorder.all(":Service")) {
      const { annotations } = (inputs as { metadata: { annotations: Record<string, string> } }).metadata;
      assert.equal(annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"], guarded.access.certificateArn);
    }
    assert.ok(!built.recorder.all(":Secret").some(({ inputs }) => JSON.stringify(unwrapped(inputs)).includes("tls")));
  });

  it("also use https inside the cluster if the servers have the certificate, and the NLBs pass TLS through", async () => {
    const built = await build({ ...guarded, access: { password: true } }, tlsTexts);
    assert.equal(await built.url("prometheusUrl"), "https://prometheus.example");
    assert.equal(await built.url("prometheusInClusterUrl"), "https://prometheus-server.monitoring.svc:80");
    assert.equal(await built.url("alertmanagerInClusterUrl"), "https://prometheus-alertmanager.monitoring.svc:9093");
    for (const { inputs } of built.recorder.all(":Service")) assert.ok(!JSON.stringify(inputs).includes("ssl-"));
  });

  it("change without replacing the NLBs when a certificate is added", async () => {
    const { recorder } = await build(guarded);
    for (const { replaceOnChanges } of recorder.all(":Service")) {
      assert.ok(!replaceOnChanges.some((path) => /ssl|ports/.test(path)), replaceOnChanges.join());
    }
  });
});

describe("the web configuration file of the servers", () => {
  it("contains no users if the pages have no password, and then lets everyone in", () => {
    assert.deepEqual(parse(webConfig([], false)), {});
  });
});
