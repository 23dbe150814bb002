import * as assert from "node:assert/strict";
import { outsideText, withoutCredentials } from "../../../conventions/outside-text";
import { masked } from "../../../tools/preview-comment/masking";

/** The secret part of every planted string, assembled here so that no secret scanner reports it. */
const canary = ["Qk7", "Vz3x", "R9p", "Lm2", "Tc8w"].join("");
const long = canary.repeat(3);

/** Strings that contain a secret, as people and servers write them. */
const planted: readonly string[] = [
  // Webhooks.
  `https://hooks.slack.example/services/T000/B000/${canary}`,
  `"https:\\/\\/hooks.slack.example\\/services\\/T000\\/B000\\/${canary}"`,
  `url: https://hooks.slack.example/services/T000/B000/\n  ${canary}`,
  `'https://hooks.slack.example/services/T000/B000/${canary}'`,
  `(https://hooks.slack.example/services/T000/B000/${canary})`,
  `post "http://127.0.0.1:8080/services/T0LAB/B0LAB/${canary}": EOF`,
  `https://hooks.automation.example/hooks/catch/1/${canary}`,
  `https://chat.example/api/webhooks/1/${canary}`,
  `https://chat.example/webhook/${canary}`,
  `https://tenant.webhook.office.com/webhookb2/${canary}`,
  `{"https://hooks.slack.example/services/T000/B000/${canary}":1}`,
  // User and password in a URL.
  `https://user:${canary}@proxy.example`,
  `https://user:${canary}/x@proxy.example`,
  `https://user:${canary}@x@proxy.example`,
  `https://user:it's${canary}@proxy.example`,
  `https://${canary}@host.example/x`,
  `https://:${canary}@host.example`,
  `postgres://app:${canary}@db.example:5432/app`,
  `git+https://x:${canary}@git.example/r.git`,
  `oci://robot$x:${canary}@registry.example/c`,
  `"http:\\/\\/user:${canary}@proxy.example"`,
  // Query parameters.
  `https://a.example/x?token=${canary}`,
  `https://a.example/x?a=1&api-key=${canary}`,
  `https://a.example/x?api_key=${canary}&b=1`,
  `https://a.example/x?apikey=${canary}`,
  `https://a.example/x?sig=${canary}`,
  `https://a.example/x?code=${canary}`,
  `https://a.example/x?key=${canary}`,
  `https://a.example/x?access_token=${canary}`,
  `https://a.example/x?X-Amz-Signature=${canary}`,
  `https://a.example/x?X-Amz-Security-Token=${canary}`,
  `https://a.example/x?client_secret=${canary}`,
  // Keys and tokens in known formats.
  `-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\n${canary}`,
  Buffer.from("-----BEGIN PRIVATE KEY-----\n").toString("base64") + canary,
  `xoxb-${canary}`,
  `xapp-1-${canary}`,
  `ghp_${long}`,
  `github_pat_${long}`,
  `glpat-${long}`,
  `glsa_${long}`,
  `glc_${long}`,
  `bot1234567:${long.slice(0, 35)}`,
  `https://api.telegram.example/bot1234567:${long.slice(0, 35)}/sendMessage`,
  `eyJhbGciOiJS.eyJzdWIi${canary}.${canary}`,
  `k8s-aws-v1.${canary}`,
  // Headers.
  `Authorization: Bearer ${canary}`,
  `"Bearer ${canary}\nx" is not a legal HTTP header value`,
  `Headers.append: "Bearer “${canary}”" is an invalid header value.`,
  `authorization: bearer ${canary}`,
  `Bearer one\n${canary} is not a legal HTTP header value`,
  `Authorization: Basic ${Buffer.from(`a:${canary}`).toString("base64")}`,
  `"GenieKey ${canary}"`,
  // YAML.
  `password: ${canary}`,
  `password: "${canary}"`,
  `- password: ${canary}`,
  `  passwords: ${canary}`,
  `tokens: ${canary}`,
  `secrets: ${canary}`,
  `DB_PASS: ${canary}`,
  `DB_PASSWORD: ${canary}`,
  `"client-key-data": ${canary}`,
  `my.api.key.secret: ${canary}`,
  `routing_key: ${canary}`,
  `password: |\n  ${canary}\n`,
  `password: |\n  x\n\n  ${canary}\n`,
  `password: |\r\n  x\r\n  ${canary}\r\n`,
  `- password: |\n    ${canary}\n`,
  `a:\n  - token: >-\n      x\n      ${canary}\n`,
  `{ password: ${canary}, user: x }`,
  `{user: x, password: ${canary}}`,
  `x: { token: '${canary}' }`,
  `x: { token: "${canary}" }`,
  // JSON, inside other text and on its own.
  `the server said {"password":"${canary}"} and left`,
  `{"a":1, "api_key": "${canary}"}`,
  `{\\"password\\":\\"${canary}\\"}`,
  `body={"userKey":"${canary}"}`,
  `{"credentials":"${canary}"}`,
  `{"password":"hun\\"${canary}"}`,
  `{password: 'ab''${canary}'}`,
  `tokens: [${canary}, other]`,
  `secret: {value: ${canary}}`,
  `passwords: ["${canary}"]`,
  // Command-line arguments.
  `login failed: user=bob, password=${canary}`,
  `AWS_SECRET_ACCESS_KEY=${canary}`,
  `client_secret=${canary}&grant_type=x`,
  `https://a.example/push?access_key=${canary}`,
  `https://a.example/push?routing_key=${canary}`,
  `https://a.example/push?pwd=${canary}`,
  `--password=${canary}`,
  `--token=${canary} --x`,
  `PASSWORD="${canary}" ./x`,
  `DB_PASS=${canary}`,
];

/** Strings that mention credentials but contain none. */
const harmless: readonly string[] = [
  "see https://prometheus.example/graph",
  "https://git.example/group/project",
  "https://people.example/@someone",
  "http://127.0.0.1:9090/api/v1/query?query=up",
  "https://a.example:8443/x@y",
  "https://a.example/x?keyword=1&monkey=2",
  "https://a.example/x?page=2&sort=key",
  "https://hooks.slack.example",
  "https://slack.example/archives/C000/p000",
  "https://a.example/services/x/y",
  "https://docs.example/webhooks",
  "prometheus.example:443",
  "ssh://git.example/r.git",
  "oci://registry.example/charts/prometheus:29.27.0",
  "arn:aws:kms:ap-northeast-2:123456789012:key/00000000-0000-0000-0000-000000000000",
  "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/mirror",
  "sha256:0000000000000000000000000000000000000000000000000000000000000000",
  "2026-01-01T00:00:00.000Z",
  "10.0.0.0/8, fd00::/8",
  "urn:pulumi:dev::alerting::pulumi:providers:aws::aws",
  'error: no passphrase: set PULUMI_CONFIG_PASSPHRASE; kube_secret_info{secret="x"} > 0',
  'sum by (token) (rate(requests_total{token="a"}[5m]))',
  'kube_secret_created{secret=~"a|b"}',
  "rate(apiserver_authentication_token_total[5m]) > 0",
  'alertmanager_notifications_failed_total{reason="authError"}',
  "the password is not set",
  "the token has expired; sign in again",
  "a bearer of news",
  "Basic authentication is off",
  "uses Basic auth",
  "Bearer tokens are refused",
  "secretName: alertmanager-slack",
  "passwordFile: /etc/x",
  "password_file: /etc/x",
  "token_file: /var/run/x",
  "credentials_file: /etc/x",
  "api_url_file: /etc/alertmanager/slack",
  "bearer_token_file: /x",
  "imagePullSecrets: [mirror]",
  "secrets: []",
  "secrets: {}",
  "max_tokens: 100",
  "tokens: 5",
  "keys: 3",
  "key: value",
  "nodeLabel: { key: key, master: master }",
  "- key: node-role.kubernetes.io/control-plane",
  "monkey: banana",
  "compass: north",
  "bypass: true",
  "passing: 12",
  "encompass: x",
  "key=value",
  "a=b&c=d",
  "--web.config.file=/etc/x",
  "--data.maintenance-interval=15m",
  "kind: ConfigMap",
  "{ name: token-reader, namespace: x }",
  '{"name":"password-policy","x":1}',
  '{"secretName":"alertmanager-slack"}',
  '{"passwordFile":"/etc/x"}',
  "ServiceAccount default",
  '403 Forbidden: User "x" cannot list resource "secrets"',
  'secrets is forbidden: User "dev" cannot list resource "secrets" in API group ""',
  "unable to get issuer certificate",
  "connect ECONNREFUSED 127.0.0.1:6443",
  "getaddrinfo ENOTFOUND api.example",
  "x509: certificate signed by unknown authority",
  "-----BEGIN CERTIFICATE-----",
  "ip-10-0-1-10.ap-northeast-2.compute.internal",
  "i-0123456789abcdef0",
  "fs-0123456789abcdef0",
  "NodePatch node-labels-ip-10-0-1-10",
  "TLS handshake timeout",
  "for: 5m",
  "{{ $labels.token }} of {{ $value }}",
  "#monitoring",
  "10:30 to 11:45",
  "12345:67890",
  "1 to replace, 2 to change",
  "global_http_requests_duration_total > 1",
  "arn:aws:sns:eu-west-1:123456789012:prometheus-alerts-production-critical",
  '{"message":"token has expired"}',
  '"Basic auth required"',
  "Bearer authentication required",
];

describe("text from outside the program", () => {
  it("is tested with at least 80 planted secrets and 80 harmless strings", () => {
    assert.ok(planted.length >= 80, `${planted.length} planted`);
    assert.ok(harmless.length >= 80, `${harmless.length} harmless`);
  });

  for (const text of planted) {
    it(`shows no secret in ${JSON.stringify(text).slice(0, 60)}`, () => {
      for (const shown of [withoutCredentials(text), outsideText(text), JSON.stringify(masked({ text }, "x"))])
        assert.ok(!shown.includes(canary) && !shown.includes(Buffer.from(`a:${canary}`).toString("base64")), shown);
    });
  }

  for (const text of harmless) {
    it(`does not change ${JSON.stringify(text).slice(0, 60)}`, () => {
      assert.equal(withoutCredentials(text), text);
      assert.equal(outsideText(text), text);
    });
  }

  it("is shown without control characters, in one line", () => {
    const driven = "a\u001b[31mred\u001b[0m \u001b]0;title\u0007b\u0008\u0000\r\nc \u202etxt\u200b\u009b2J";
    assert.equal(outsideText(driven), "ared b c txt");
  });

  it("shows neither a known secret nor any single line of it", () => {
    const secret = `first-line-of-it\nsecond-line-of-it\n`;
    const said = `got "first-line-of-it\nsecond-line-of-it", and second-line-of-it again`;
    assert.equal(outsideText(said, [secret]), 'got "[secret]", and [secret] again');
  });
});
