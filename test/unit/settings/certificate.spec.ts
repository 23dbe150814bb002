import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { generate } from "selfsigned";
import { checkCertificate, hostOf, type ServedHost } from "../../../settings/certificate";
import { authority, certificate, type Pems } from "../../support/page-certificates";
import { resolved } from "../../support/mocks";
import { configuration, faultLines, guarded, lines, type Values } from "../../support/settings";

const hosts: ServedHost[] = [
  { setting: "alerting:prometheus.externalUrl", host: "prometheus.example" },
  { setting: "alerting:alertmanager.externalUrl", host: "alertmanager.example" },
];
const names = hosts.map(({ host }) => host);
const days = (count: number) => new Date(Date.now() + count * 24 * 60 * 60 * 1000);

/** The result of the check for these parts of a certificate. */
function told(given: unknown, { isSecret = true, now = new Date(), served = hosts } = {}) {
  const text = typeof given === "string" ? given : JSON.stringify(given);
  const { certificate: found, faults, warnings } = checkCertificate(text, isSecret, served, now);
  return { found, faults: lines(faults), warnings: lines(warnings) };
}

describe("a custom certificate", () => {
  let ca: Pems;
  let other: Pems;
  let own: Pems;
  let chain: string;

  before(async () => {
    [ca, other] = await Promise.all([authority(), authority()]);
    own = await certificate(names, { by: ca });
    chain = `${own.cert}\n${ca.cert}`;
  });

  it("is optional", () => {
    assert.deepEqual(checkCertificate(undefined, false, hosts), { faults: [], warnings: [] });
  });

  it("is accepted with its key, and verified against itself if no authority is given", () => {
    const { found, faults, warnings } = told({ chain: `  ${chain}`, key: own.key.trim() });
    assert.deepEqual([faults, warnings], [[], []]);
    assert.equal(found?.authority, found?.chain);
    assert.match(found!.chain, /^-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----\n$/);
    assert.match(found!.key, /KEY-----\n$/);
  });

  it("is verified against the given authorities", () => {
    const { found, faults } = told({ chain: own.cert, key: own.key, ca: `${other.cert}\n${ca.cert}` });
    assert.deepEqual(faults, []);
    assert.ok(found!.authority.includes(ca.cert.trim()));
  });

  it("may be self-signed, and may have Windows line endings", async () => {
    const alone = await certificate(names);
    const windows = (text: string) => text.replaceAll("\r", "").replaceAll("\n", "\r\n");
    assert.deepEqual(told({ chain: windows(alone.cert), key: windows(alone.key) }).faults, []);
  });

  it("may use a wildcard for its hosts, and may be for an IP address", async () => {
    const made = await generate([{ name: "commonName", value: "a" }], {
      algorithm: "sha256",
      keyType: "ec",
      extensions: [
        {
          name: "subjectAltName",
          altNames: [
            { type: 2, value: "*.corp.example" },
            { type: 7, ip: "192.0.2.1" },
          ],
        },
      ],
    });
    const named = (host: string) => ({ setting: "alerting:prometheus.externalUrl", host });
    const served = ["prometheus.corp.example", "192.0.2.1"].map(named);
    assert.deepEqual(told({ chain: made.cert, key: made.private }, { served }).faults, []);
    const elsewhere = ["a.prometheus.corp.example", "192.0.2.2"].map(named);
    assert.equal(told({ chain: made.cert, key: made.private }, { served: elsewhere }).faults.length, 2);
  });

  it("is refused if it is not a map, and never shown", () => {
    for (const given of [own.key, '"a text"', "[1]", "null", ""]) {
      const { faults, found } = told(given);
      assert.equal(faults.length, 1);
      assert.match(
        faults[0]!,
        /^alerting:certificate: is not a map with the keys chain and key \(the value is not shown\)\. Run `/,
      );
      assert.equal(found, undefined);
    }
  });

  it("is refused in plain text, because its key would be readable", () => {
    const { faults } = told({ chain, key: own.key }, { isSecret: false });
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /^alerting:certificate: is not set as a secret, so its key is in the stack's file/);
  });

  it("needs a chain and a key, and accepts no unknown parts", () => {
    assert.deepEqual(told({ certificate: own.cert, chian: own.cert }).faults, [
      "alerting:certificate.certificate: there is no such part. Known here: chain, key, ca.",
      "alerting:certificate.chian: there is no such part. Is alerting:certificate.chain meant?",
      "alerting:certificate.chain: is not set. Run `pulumi config set --secret --path alerting:certificate.chain < chain.pem`.",
      "alerting:certificate.key: is not set. Run `pulumi config set --secret --path alerting:certificate.key < key.pem`.",
    ]);
    assert.match(
      told({ chain: " ", key: 5, ca: "" }).faults.join("\n"),
      /chain: is not a string.*\n.*key: is not a string.*\n.*ca: is not a string/,
    );
  });

  it("is reported if it is damaged, or is not a certificate", () => {
    const damaged = chain.replace(/\n.{20}/, "\n....");
    const cases: [chain: string, sentence: RegExp][] = [
      ["prometheus.example", /chain: does not contain certificates in PEM/],
      [own.cert.replaceAll("CERTIFICATE", "CERTIFICATE REQUEST"), /chain: does not contain certificates in PEM/],
      [damaged, /chain: (does not contain certificates in PEM|cannot be read: the first certificate in it is damaged)/],
      [`${own.cert}\n${own.key}`, /chain: holds a private key besides certificates/],
    ];
    for (const [given, sentence] of cases) {
      const { faults } = told({ chain: given, key: own.key });
      assert.equal(faults.length, 1, faults.join("\n"));
      assert.match(faults[0]!, sentence);
    }
  });

  it("is reported if its key is invalid, or has a passphrase", () => {
    assert.match(
      told({ chain, key: own.cert }).faults.join("\n"),
      /^alerting:certificate\.key: is not a private key in PEM/,
    );
    const locked = createPrivateKey(own.key)
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "a" })
      .toString();
    assert.match(
      told({ chain, key: locked }).faults.join("\n"),
      /^alerting:certificate\.key: has a passphrase, and nobody/,
    );
  });

  it("is reported if its chain or authorities also contain a key with a passphrase", () => {
    const locked = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----";
    for (const given of [
      { chain: `${own.cert}\n${locked}`, key: own.key },
      { chain: own.cert, key: own.key, ca: `${ca.cert}\n${locked}` },
    ])
      assert.match(told(given).faults.join("\n"), /^alerting:certificate\.(chain|ca): holds a private key besides/);
  });

  it("is reported if the servers do not support its key type, and may have any key type that they support", () => {
    const pem = ({ privateKey }: { privateKey: KeyObject }) =>
      privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const ofKind = (key: string) => told({ chain, key }).faults.filter((line) => line.includes("is a kind of key"));
    const curve = (namedCurve: string) => pem(generateKeyPairSync("ec", { namedCurve }));
    assert.deepEqual(ofKind(curve("secp256k1")), [
      "alerting:certificate.key: is a kind of key (ec, secp256k1) that Prometheus and Alertmanager do not start with; accepted: RSA of 1024 bits or more, an elliptic curve (P-256, P-384, P-521) or Ed25519. Get a certificate for such a key.",
    ]);
    assert.equal(ofKind(pem(generateKeyPairSync("ed448"))).length, 1);
    assert.equal(ofKind(pem(generateKeyPairSync("rsa", { modulusLength: 512 }))).length, 1);
    const usable = [
      ...["prime256v1", "secp384r1", "secp521r1"].map(curve),
      pem(generateKeyPairSync("ed25519")),
      pem(generateKeyPairSync("rsa", { modulusLength: 2048 })),
    ];
    for (const key of usable) assert.deepEqual(ofKind(key), []);
  });

  it("is reported if the key belongs to another certificate", () => {
    const { faults } = told({ chain, key: other.key });
    assert.equal(faults.length, 1);
    assert.match(
      faults[0]!,
      /^alerting:certificate\.key: is not the key of the certificate in .*DNS:prometheus\.example/,
    );
  });

  it("is reported if its chain is out of order", () => {
    const turned = told({ chain: `${ca.cert}\n${own.cert}`, key: own.key }).faults;
    assert.match(
      turned[0]!,
      /key: is the key of the second certificate in alerting:certificate\.chain; .* the first there/,
    );
    const strange = told({ chain: `${own.cert}\n${other.cert}`, key: own.key }).faults;
    assert.deepEqual(strange, [
      "alerting:certificate.chain: is out of order: the second certificate in it has not issued the one before it.",
    ]);
  });

  it("is reported if it has expired, with the day, or is not valid yet", async () => {
    const past = await certificate(names, { from: -40, to: -10 });
    assert.match(
      told({ chain: past.cert, key: past.key }).faults.join("\n"),
      new RegExp(`^alerting:certificate\\.chain: has expired, on ${days(-10).toISOString().slice(0, 8)}`),
    );
    const future = await certificate(names, { from: 5, to: 90 });
    assert.match(
      told({ chain: future.cert, key: future.key }).faults.join("\n"),
      /^alerting:certificate\.chain: is not valid yet, only from \d{4}-\d\d-\d\d on\. Set one that is\.$/,
    );
    const late = told({ chain, key: own.key }, { now: days(500) }).faults;
    assert.match(late.join("\n"), /chain: has expired, on .*\n.*chain: has expired: the second certificate in it, on /);
  });

  it("causes a warning from two weeks before its end, without stopping the program", async () => {
    const [short, long] = [await certificate(names, { to: 13 }), await certificate(names, { to: 15 })];
    const soon = told({ chain: short.cert, key: short.key });
    assert.deepEqual(soon.faults, []);
    assert.ok(soon.found);
    assert.equal(soon.warnings.length, 1);
    assert.match(
      soon.warnings[0]!,
      /^alerting:certificate\.chain: ends on \d{4}-\d\d-\d\d, in 13 days, and from then on no page opens and no alert reaches Alertmanager\. Set a new one: /,
    );
    assert.deepEqual(told({ chain: long.cert, key: long.key }).warnings, []);
  });

  it("is reported under the setting of each host that it does not cover, and its common name is ignored", async () => {
    const wrong = await certificate(["prometheus.example"]);
    const { faults } = told({ chain: wrong.cert, key: wrong.key });
    assert.deepEqual(faults, [
      'alerting:alertmanager.externalUrl: has the host "alertmanager.example", which alerting:certificate.chain does not cover; it covers DNS:prometheus.example.',
    ]);
    const nameless = await generate([{ name: "commonName", value: "prometheus.example" }], {
      algorithm: "sha256",
      keyType: "ec",
      extensions: [{ name: "basicConstraints", cA: false }],
    });
    const all = told({ chain: nameless.cert, key: nameless.private }).faults;
    assert.equal(all.length, 2);
    assert.match(all[0]!, /it covers no host at all, as it has no subject alternative names\.$/);
  });

  it("is reported if it is not for servers", async () => {
    const made = await generate([{ name: "commonName", value: "a" }], {
      algorithm: "sha256",
      keyType: "ec",
      extensions: [
        { name: "extKeyUsage", clientAuth: true },
        { name: "subjectAltName", altNames: names.map((value) => ({ type: 2 as const, value })) },
      ],
    });
    assert.match(
      told({ chain: made.cert, key: made.private }).faults.join("\n"),
      /^alerting:certificate\.chain: is not for servers: /,
    );
  });

  it("is reported if its authorities have not issued it, or have expired", () => {
    const sentence =
      /^alerting:certificate\.ca: holds no authority that has issued alerting:certificate\.chain and is valid today/;
    assert.match(told({ chain: own.cert, key: own.key, ca: other.cert }).faults.join("\n"), sentence);
    assert.match(
      told({ chain: own.cert, key: own.key, ca: "no" }).faults.join("\n"),
      /^alerting:certificate\.ca: does not contain certificates in PEM/,
    );
  });

  it("is reported with all its problems at once, and never with its key", async () => {
    const past = await certificate(["elsewhere.example"], { from: -40, to: -10 });
    const { faults, found } = told({ chain: past.cert, key: other.key, ca: other.cert, more: own.key });
    assert.equal(found, undefined);
    assert.deepEqual(faults.map((line) => line.split(": ")[0]).sort(), [
      "alerting:alertmanager.externalUrl",
      "alerting:certificate.ca",
      "alerting:certificate.chain",
      "alerting:certificate.key",
      "alerting:certificate.more",
      "alerting:prometheus.externalUrl",
    ]);
    for (const pem of [other.key, own.key, past.key]) {
      for (const line of pem.split("\n").filter((one) => one.length > 10 && !one.includes("-----")))
        assert.ok(!faults.join("\n").includes(line));
    }
  });

  it("covers hosts as they appear in URLs, without port and brackets", () => {
    assert.deepEqual(["https://a.example:8443/", "https://[2001:db8::1]:443", "https://192.0.2.1"].map(hostOf), [
      "a.example",
      "2001:db8::1",
      "192.0.2.1",
    ]);
  });
});

describe("a custom certificate in the configuration", () => {
  const isSecret = (key: string) => ["alerting:slackWebhookUrl", "alerting:certificate"].includes(key);
  const { prometheus, alertmanager } = guarded;
  let own: Pems;
  let given: Values;

  before(async () => {
    own = await certificate(names, { to: 3 });
    given = { prometheus, alertmanager, certificate: { chain: own.cert, key: own.key } };
  });

  it("is secret in every part, but the settings show that it is set", async () => {
    const { certificate: parts, settings, faults, warnings } = configuration(given, { isSecret });
    assert.deepEqual(lines(faults), []);
    assert.equal(settings.certificateIsSet, true);
    for (const part of ["chain", "key", "authority"] as const) {
      assert.equal((await resolved(parts![part])).secret, true, part);
    }
    assert.equal((await resolved(parts!.key)).value, `${own.key.trim()}\n`);
    assert.match(lines(warnings).join(), /^alerting:certificate\.chain: ends on /);
    assert.ok(!JSON.stringify(settings).includes("PRIVATE"));
  });

  it("is compared with the hosts of the pages", () => {
    const elsewhere = { ...given, prometheus: { externalUrl: "https://elsewhere.example" } };
    assert.match(
      faultLines(elsewhere, { isSecret }).join("\n"),
      /^alerting:prometheus\.externalUrl: has the host "elsewhere\.example", which alerting:certificate\.chain does not cover/,
    );
    assert.match(
      faultLines({ certificate: given.certificate }, { isSecret }).join("\n"),
      /^alerting:prometheus\.externalUrl: is not set, but there is a certificate/,
    );
  });

  it("is absent if none is set", () => {
    const { certificate: parts, settings, warnings } = configuration();
    assert.deepEqual([parts, settings.certificateIsSet, warnings], [undefined, undefined, []]);
  });
});
