import assert from "node:assert/strict";
import { clientUser, personUser, webUsers } from "../../../conventions/web-users";
import { prometheusValues } from "../../../values/prometheus-values";
import { releaseValues } from "../../../values/release-values";
import { accessFaults } from "../../../settings/access-checks";
import { faultLines, guarded, lines, settings, type Values } from "../../support/settings";

const password = { access: { password: true } };
const internetFacing = { loadBalancer: { scheme: "internet-facing", sourceRanges: ["192.0.2.0/24"] } };
/** Settings with a custom certificate. The chart's values depend only on the fact that there is one. */
const withCertificate = (values: Values) => ({
  ...settings({ ...guarded, access: {}, ...values }),
  certificateIsSet: true,
});

describe("the users of the pages", () => {
  it("are one user for people per password number, one for Prometheus per number, and one for the number before the first", () => {
    assert.deepEqual(webUsers([1]), { people: [1], clients: [0, 1], used: 1 });
    assert.deepEqual(webUsers([1, 2]), { people: [1, 2], clients: [0, 1, 2], used: 1 });
    assert.deepEqual(webUsers([2]), { people: [2], clients: [1, 2], used: 2 });
    assert.deepEqual([personUser(2), clientUser(2)], ["alerting-2", "prometheus-2"]);
  });

  it("never make Prometheus use a password that a kubelet may not have delivered yet, or one that is gone", () => {
    for (const [before, after] of [
      [[1], [1, 2]],
      [[1, 2], [2]],
      [[2], [2, 3]],
      [[2, 3], [3]],
    ] as const) {
      const [old, now] = [webUsers(before), webUsers(after)];
      assert.ok(old.clients.includes(now.used), `the new one is known where ${before.join()} is still mounted`);
      assert.ok(now.clients.includes(old.used), `the old one is known where ${after.join()} is mounted already`);
    }
  });
});

describe("the check of the access settings", () => {
  const rows: [title: string, access: object, line: string][] = [
    [
      "refuses an empty list of password numbers",
      { passwords: [] },
      "alerting:access.passwords: got []; accepted: at least one number, such as [1].",
    ],
    [
      "refuses a repeated password number",
      { passwords: [1, 1] },
      "alerting:access.passwords: got [1,1]; accepted: numbers in ascending order without duplicates, such as [1, 2].",
    ],
    [
      "refuses password numbers that decrease",
      { passwords: [2, 1] },
      "alerting:access.passwords: got [2,1]; accepted: numbers in ascending order without duplicates, such as [1, 2].",
    ],
    [
      "refuses a fraction as a password number",
      { passwords: [1.5] },
      "alerting:access.passwords[0]: got 1.5; accepted: a whole number of at least 1.",
    ],
    [
      "refuses the password number 0, which is reserved for Prometheus",
      { passwords: [0, 1] },
      "alerting:access.passwords[0]: got 0; accepted: a whole number of at least 1.",
    ],
    [
      "refuses a password instead of a password number",
      { passwords: ["secret"] },
      'alerting:access.passwords[0]: got "secret"; accepted: a number.',
    ],
    [
      "refuses a setting for another way to log in",
      { oauth: true },
      "alerting:access.oauth: there is no such setting. Known here: password, passwords, certificateArn.",
    ],
  ];
  for (const [title, access, line] of rows) {
    it(title, () => assert.deepEqual(faultLines({ access }), [line]));
  }

  it("refuses an ARN that is not a certificate in ACM", () => {
    assert.match(
      faultLines({ access: { certificateArn: "arn:aws:iam::000000000000:server-certificate/a" } }).join(),
      /^alerting:access\.certificateArn: got "arn:aws:iam.*accepted: the ARN of a certificate in ACM/,
    );
  });

  it("refuses internet-facing NLBs that have neither password nor certificate, and reports both problems at once", () => {
    const told = faultLines({ ...internetFacing, access: { password: false } });
    assert.equal(told.length, 2, told.join("\n"));
    assert.match(
      told[0]!,
      /^alerting:access\.password: is false, but .*"internet-facing".*Set it to true, or the scheme to "internal"/,
    );
    assert.match(
      told[1]!,
      /^alerting:access\.certificateArn: is not set, and neither is alerting:certificate, .*unencrypted/,
    );
  });

  it("accepts internet-facing NLBs with password and certificate", () => {
    assert.deepEqual(faultLines({ ...guarded, ...internetFacing }), []);
    const { access, loadBalancer, ...pages } = settings({ ...guarded, ...internetFacing });
    assert.deepEqual(
      accessFaults({ ...pages, loadBalancer, access: { ...access, certificateArn: undefined } }, true),
      [],
    );
  });

  it("requires `externalUrl` with https and a host name for both pages if there is a certificate", () => {
    const { access } = guarded;
    assert.deepEqual(faultLines({ access }), [
      'alerting:prometheus.externalUrl: is not set, but there is a certificate, which is for a host name; accepted: "https://<host>", whose DNS record points to the NLB.',
      'alerting:alertmanager.externalUrl: is not set, but there is a certificate, which is for a host name; accepted: "https://<host>", whose DNS record points to the NLB.',
    ]);
    const plain = { ...guarded, prometheus: { externalUrl: "http://prometheus.example" } };
    assert.match(
      faultLines(plain).join(),
      /^alerting:prometheus\.externalUrl: got "http:\/\/prometheus\.example", but/,
    );
  });

  it("requires the certificate in the NLBs' region", () => {
    const told = faultLines({ ...guarded, aws: { region: "eu-central-1" } });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /region ap-northeast-2, but the NLBs are in eu-central-1/);
  });

  it("refuses two certificates for one page", () => {
    const told = lines(accessFaults(settings(guarded), true));
    assert.equal(told.length, 1);
    assert.match(
      told[0]!,
      /^alerting:access\.certificateArn: got "arn:aws:acm:.*beside the secret alerting:certificate/,
    );
  });
});

describe("the chart's values for access", () => {
  const file = "/etc/alerting-web/web.yml";
  const login = {
    username_file: "/etc/alerting-web-client/username",
    password_file: "/etc/alerting-web-client/password",
  };
  const web = { name: "alerting-web", mountPath: "/etc/alerting-web", secretName: "alerting-web", readOnly: true };
  const client = {
    name: "alerting-web-client",
    mountPath: "/etc/alerting-web-client",
    secretName: "alerting-web-client",
    readOnly: true,
  };

  it("make both servers require a password, which a file in the mounted Secret sets", () => {
    const { server, alertmanager } = prometheusValues(settings(password));
    for (const { extraArgs } of [server, alertmanager]) {
      assert.equal((extraArgs as Readonly<Record<string, string>>)["web.config.file"], file);
    }
    assert.deepEqual(server.extraSecretMounts, [web, client]);
    assert.deepEqual(alertmanager.extraSecretMounts.slice(1), [web], "Prometheus' own password is not Alertmanager's");
  });

  it("log Prometheus in at its own page and at Alertmanager's, and use plain HTTP as long as there is no certificate", () => {
    const { server, scrapeConfigs } = prometheusValues(settings(password));
    assert.deepEqual(scrapeConfigs.prometheus, { basic_auth: login });
    assert.deepEqual(scrapeConfigs.alertmanager.basic_auth, login);
    const [entry, ...more] = server.alertmanagers;
    assert.deepEqual([entry?.basic_auth, entry?.scheme, more], [login, undefined, []]);
  });

  it("verify the certificate with the host name, because pods are reached at their addresses", () => {
    const { server, scrapeConfigs } = prometheusValues(withCertificate(password));
    const tls = (host: string) => ({
      scheme: "https",
      tls_config: { ca_file: "/etc/alerting-web-client/ca.crt", server_name: host },
      basic_auth: login,
    });
    assert.deepEqual(scrapeConfigs.prometheus, tls("prometheus.example"));
    const { scheme, tls_config, basic_auth } = server.alertmanagers[0]!;
    assert.deepEqual({ scheme, tls_config, basic_auth }, tls("alertmanager.example"));
    assert.deepEqual(scrapeConfigs.alertmanager.tls_config, tls_config);
    assert.ok(!JSON.stringify(tls_config).includes("insecure"));
  });

  it("restart the servers only if TLS is added or removed", () => {
    const annotations = (given: ReturnType<typeof settings>) => {
      const { server, alertmanager } = prometheusValues(given);
      return [server.podAnnotations, alertmanager.podAnnotations];
    };
    const tls = { "alerting-web/scheme": "https" };
    assert.deepEqual(annotations(withCertificate(password)), [tls, tls]);
    assert.deepEqual(annotations(settings(password)), [undefined, undefined]);
    const turned = { access: { password: true, passwords: [1, 2] } };
    assert.deepEqual(
      prometheusValues(settings(turned)),
      prometheusValues(settings(password)),
      "a new password changes no value, so no pod",
    );
  });

  it("never send the service account's token to Alertmanager: it is for the Kubernetes API", () => {
    for (const given of [{}, password]) {
      const [entry] = prometheusValues(settings(given)).server.alertmanagers;
      assert.deepEqual(entry?.kubernetes_sd_configs, [{ role: "pod", namespaces: { names: ["monitoring"] } }]);
      assert.doesNotMatch(JSON.stringify(entry), /bearer|authorization|credentials|serviceaccount/);
    }
  });

  it("use TCP probes instead of HTTP probes with a header that anyone who can read the pod could see", () => {
    for (const given of [{}, password]) {
      const { server, alertmanager } = prometheusValues(settings(given));
      const probe = { tcpSocket: { port: "http" }, httpGet: null };
      assert.deepEqual([alertmanager.livenessProbe, alertmanager.readinessProbe], [probe, probe]);
      assert.equal(server.tcpSocketProbeEnabled, true);
      assert.ok(!("probeHeaders" in server));
    }
  });

  it("enable neither the lifecycle API nor the admin API of Prometheus", () => {
    const { extraFlags, extraArgs } = prometheusValues(settings(password)).server;
    assert.doesNotMatch(JSON.stringify([extraFlags, extraArgs]), /web\.enable/);
  });

  it("mount and require nothing if there is neither password nor certificate", () => {
    const { server, alertmanager, scrapeConfigs } = prometheusValues(settings({ access: { password: false } }));
    assert.doesNotMatch(JSON.stringify([server, alertmanager, scrapeConfigs]), /alerting-web|web\.config|basic_auth/);
    const slow = ["kubernetes-service-endpoints-slow", "kubernetes-pods-slow"];
    assert.deepEqual(Object.keys(scrapeConfigs), ["alertmanager", ...slow]);
  });

  it("are known in a preview, whatever the passwords: they contain no output", () => {
    const { values, faults } = releaseValues(settings(password), []);
    assert.deepEqual(lines(faults), []);
    assert.deepEqual(JSON.parse(JSON.stringify(values)), values);
  });
});
