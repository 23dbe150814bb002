import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { DescribeFileSystemsCommand } from "@aws-sdk/client-efs";
import { VersionApi } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { readKubeconfig } from "../../../../lookup/cluster/kubeconfig";
import { clusterFault } from "../../../../lookup/cluster/unreachable-cluster";
import { awsClients, awsKeys } from "../../../../tools/preflight/aws/clients";
import { kubeconfigOf, withVariable } from "../../../support/fake-cluster";
import { authority, certificate, type Pems } from "../../../support/page-certificates";

type Handler = (request: http.IncomingMessage, body: string) => string;

/** Runs a function with these environment variables. The value `undefined` unsets a variable. */
const withVariables = <T>(all: Readonly<Record<string, string | undefined>>, run: () => T | Promise<T>): Promise<T> =>
  Object.entries(all).reduce<() => T | Promise<T>>(
    (inner, [name, value]) =>
      () =>
        withVariable(name, value, inner),
    run,
  )() as Promise<T>;

const noProxies = Object.fromEntries(
  ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"].map((name) => [name, undefined]),
);

describe("the connections of this machine", () => {
  const closing: (() => void)[] = [];
  let directory: string;
  let root: Pems;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "outbound-"));
    root = await authority();
  });
  afterEach(() => closing.splice(0).forEach((close) => close()));
  after(() => rmSync(directory, { recursive: true }));

  async function listening(server: http.Server | https.Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  /** A TLS server with a certificate from an authority for these hosts. Returns its port. */
  async function serving(hosts: readonly string[], by: Pems, answer: Handler, chain = ""): Promise<number> {
    const { cert, key } = await certificate(hosts, { by });
    return listening(
      https.createServer({ cert: `${cert}\n${chain}`, key }, (request, response) => {
        void (async () => {
          let body = "";
          for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
          const said = answer(request, body);
          const type = said.startsWith("<") ? "text/xml" : "application/json";
          response.writeHead(200, { "content-type": type }).end(said);
        })();
      }),
    );
  }

  /** A proxy that forwards every connection to a local port, and records the requested destination. */
  async function proxyTo(port: number): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = http.createServer().on("connect", (request: http.IncomingMessage, socket, head: Buffer) => {
      asked.push(request.url ?? "");
      const there = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        there.write(head);
        there.pipe(socket).pipe(there);
      });
      const end = () => (there.destroy(), socket.destroy());
      there.on("error", end);
      socket.on("error", end);
      closing.push(end);
    });
    return { url: `http://127.0.0.1:${await listening(server)}`, asked };
  }

  describe("to the API server", () => {
    const version: Handler = () => JSON.stringify({ major: "1", minor: "36", gitVersion: "v1.36.2" });

    function kubeconfig(server: string, ca: Pems, more: object = {}): string {
      const file = join(directory, "kubeconfig");
      const whole = kubeconfigOf("lab", server) as { clusters: object[] };
      const cluster = { server, "certificate-authority-data": Buffer.from(ca.cert).toString("base64"), ...more };
      writeFileSync(file, stringify({ ...whole, clusters: [{ name: "lab", cluster }] }));
      return file;
    }
    const askVersion = (file: string, environment: Record<string, string>) =>
      withVariables({ ...noProxies, ...environment }, async () => {
        const config = readKubeconfig("lab", file).kubeconfig!;
        return config
          .makeApiClient(VersionApi)
          .getCode()
          .then(
            ({ gitVersion }) => gitVersion,
            (error: unknown) => clusterFault(error, config).sentence,
          );
      });

    it("accept an intermediate certificate as the kubeconfig's authority, as kubectl does", async () => {
      const intermediate = await authority(root);
      const port = await serving(["127.0.0.1"], intermediate, version, intermediate.cert);
      assert.equal(await askVersion(kubeconfig(`https://127.0.0.1:${port}`, intermediate), {}), "v1.36.2");
      const stranger = await authority();
      assert.match(
        await askVersion(kubeconfig(`https://127.0.0.1:${port}`, stranger), {}),
        /does not answer: .*(unable to|signature failure)/,
      );
    });

    it("use HTTPS_PROXY, unless NO_PROXY or the kubeconfig's proxy-url overrides it", async () => {
      const port = await serving(["api.lab.example"], root, version);
      const [proxy, other] = [await proxyTo(port), await proxyTo(port)];
      const server = "https://api.lab.example:6443";
      assert.equal(await askVersion(kubeconfig(server, root), { HTTPS_PROXY: proxy.url }), "v1.36.2");
      assert.deepEqual(proxy.asked, ["api.lab.example:6443"]);
      const own = kubeconfig(server, root, { "proxy-url": other.url });
      assert.equal(await askVersion(own, { HTTPS_PROXY: proxy.url }), "v1.36.2");
      assert.deepEqual([proxy.asked.length, other.asked.length], [1, 1]);
      const direct = kubeconfig("https://api.lab.invalid:6443", root);
      const exempted = await askVersion(direct, { HTTPS_PROXY: proxy.url, NO_PROXY: ".lab.invalid" });
      assert.match(exempted, /at https:\/\/api\.lab\.invalid:6443 does not answer/);
      assert.equal(proxy.asked.length, 1);
    });

    it("name the proxy, without its password, if it does not answer", async () => {
      const sentence = await askVersion(kubeconfig("https://api.lab.example:6443", root), {
        HTTPS_PROXY: "http://someone:CANARY0@127.0.0.1:1",
      });
      assert.match(sentence, /at https:\/\/api\.lab\.example:6443 through the proxy 127\.0\.0\.1:1 does not answer/);
      assert.doesNotMatch(sentence, /CANARY0/);
    });
  });

  describe("to AWS", () => {
    const region = "ap-northeast-2";
    const hosts = ["ec2", "elasticfilesystem", "sts"].map((service) => `${service}.${region}.amazonaws.com`);
    const keys = {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      AWS_ACCESS_KEY_ID: "AKIAOWN",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_SESSION_TOKEN: undefined,
    };
    const seen: { host: string; key: string; body: string }[] = [];
    const answer: Handler = (request, body) => {
      const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? "")?.[1] ?? "";
      seen.push({ host: request.headers.host ?? "", key, body });
      if (request.headers.host?.startsWith("ec2.")) return "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>";
      if (!request.headers.host?.startsWith("sts.")) return '{"FileSystems":[]}';
      const role = new URLSearchParams(body).get("RoleArn")!.split("/").at(-1)!;
      return (
        `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIA${role}</AccessKeyId><SecretAccessKey>y</SecretAccessKey>` +
        "<SessionToken>z</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
      );
    };
    beforeEach(() => seen.splice(0));

    const ask = (settings: object, environment: Record<string, string>) =>
      withVariables({ ...noProxies, ...keys, AWS_ENDPOINT_URL: undefined }, async () => {
        const { ec2, efs } = awsClients({ region, ...settings }, environment);
        await ec2.send(new DescribeVpcsCommand({}));
        await efs.send(new DescribeFileSystemsCommand({}));
      });

    it("use HTTPS_PROXY, the authorities of AWS_CA_BUNDLE, and the keys of the `aws:` settings", async () => {
      // The result must not depend on the length of stack traces.
      const limit = Error.stackTraceLimit;
      closing.push(() => (Error.stackTraceLimit = limit));
      Error.stackTraceLimit = 0;
      const bundle = join(directory, "bundle.pem");
      writeFileSync(bundle, root.cert);
      const proxy = await proxyTo(await serving(hosts, root, answer));
      await ask({}, { HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
      await ask({ httpsProxy: proxy.url, customCaBundle: bundle }, { HTTPS_PROXY: "http://127.0.0.1:1" });
      const twice = [`${hosts[0]}:443`, `${hosts[1]}:443`];
      assert.deepEqual(proxy.asked, [...twice, ...twice]);
      await assert.rejects(ask({}, { HTTPS_PROXY: proxy.url }), /self-signed|unable to/);
      await assert.rejects(
        ask({}, { HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: "/nowhere.pem" }),
        /the authorities' file \/nowhere\.pem .* cannot be read: ENOENT/,
      );
    });

    it("do not use the proxy for the services in NO_PROXY", async () => {
      const bundle = join(directory, "bundle.pem");
      writeFileSync(bundle, root.cert);
      const port = await serving([...hosts, "efs.example"], root, answer);
      const proxy = await proxyTo(port);
      const endpoints = [{ efs: `https://127.0.0.1:${await serving(["127.0.0.1"], root, answer)}` }];
      await ask({ endpoints }, { HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
      assert.deepEqual(proxy.asked, [`${hosts[0]}:443`]);
    });

    it("use the roles in aws:assumeRoles, one after the other", async () => {
      const bundle = join(directory, "bundle.pem");
      writeFileSync(bundle, root.cert);
      const proxy = await proxyTo(await serving(hosts, root, answer));
      const role = (name: string) => ({ roleArn: `arn:aws:iam::123456789012:role/${name}` });
      const assumeRoles = [role("ONE"), { ...role("TWO"), externalId: "ours", sessionName: "s" }];
      await ask({ assumeRoles }, { HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
      const sts = seen.filter(({ host }) => host.startsWith("sts."));
      const of = (key: string) => sts.filter((one) => one.key === key).map(({ body }) => new URLSearchParams(body));
      assert.ok(of("AKIAOWN").every((body) => body.get("RoleArn")!.endsWith("/ONE")) && of("AKIAOWN").length > 0);
      const [second] = of("AKIAONE");
      assert.deepEqual(
        ["RoleArn", "ExternalId", "RoleSessionName"].map((name) => second?.get(name)),
        ["arn:aws:iam::123456789012:role/TWO", "ours", "s"],
      );
      const others = seen.filter(({ host }) => !host.startsWith("sts."));
      assert.deepEqual(
        others.map(({ key }) => key),
        ["AKIATWO", "AKIATWO"],
      );
    });

    it("give the keys of the provider, and of a role that it may assume, for signatures", async () => {
      const bundle = join(directory, "bundle.pem");
      writeFileSync(bundle, root.cert);
      const proxy = await proxyTo(await serving(hosts, root, answer));
      const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
      const keysOf = (settings: object, roleArn?: string) =>
        withVariables({ ...noProxies, ...keys, AWS_ENDPOINT_URL: undefined }, () =>
          awsKeys({ region, ...settings }, roleArn, { HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle }),
        );
      const assumeRoles = [{ roleArn: role("ONE") }];
      assert.equal((await keysOf({})).accessKeyId, "AKIAOWN");
      assert.equal((await keysOf({ assumeRoles })).accessKeyId, "AKIAONE");
      assert.equal((await keysOf({}, role("WRITER"))).accessKeyId, "AKIAWRITER");
      seen.splice(0);
      assert.equal((await keysOf({ assumeRoles }, role("WRITER"))).accessKeyId, "AKIAWRITER");
      assert.deepEqual(
        seen.map(({ key }) => key),
        ["AKIAOWN", "AKIAONE"],
      );
    });
  });
});
