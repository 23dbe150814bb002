import * as assert from "node:assert/strict";
import { chartJobs } from "../../../chart/contract";
import { mergeValues } from "../../../validation/merge";
import { placeOf } from "../../../chart/places";
import { releaseValues } from "../../../values/release-values";
import type { Finding } from "../../../validation/finding";
import { checkPrometheusFile } from "../../../prometheus/check-config";
import { configKeys } from "../../../prometheus/config-keys";
import { bad, badNames, discoveries, good, goodNames } from "../../fixtures/corpus/prometheus-file/values";
import { configuration, lines } from "../../support/settings";

/** The settings for all jobs that the program sets by default. */
const ours = { server: { global: { scrape_interval: "15s", scrape_timeout: "5s", evaluation_interval: "15s" } } };

const errorsOf = (values: object): Finding[] =>
  checkPrometheusFile(mergeValues(ours, values), chartJobs()).filter(({ severity }) => severity === "error");
const told = (values: object) => errorsOf(values).map(({ path, sentence }) => `${path.join(".")}: ${sentence}`);

describe("the final Prometheus configuration", () => {
  for (const [title, values] of bad) {
    it(`is refused with ${title}`, () => assert.notDeepEqual(told(values), []));
  }
  for (const [title, values] of good) {
    it(`is accepted with ${title}`, () => assert.deepEqual(told(values), []));
  }
  for (const [title, values] of discoveries) {
    it(`is accepted with the service discovery ${title}`, () => assert.deepEqual(told(values), []));
  }
  for (const name of badNames) {
    it(`is refused with a job named ${JSON.stringify(name)}`, () => {
      const targets = { static_configs: [{ targets: ["x:80"] }] };
      assert.match(told({ scrapeConfigs: { [name]: targets } }).join(), /without quotes/);
      assert.match(told({ scrapeConfigs: { a: { ...targets, job_name: name } } }).join(), /without quotes/);
    });
  }
  for (const name of goodNames) {
    it(`is accepted with a job named ${JSON.stringify(name)}`, () =>
      assert.deepEqual(told({ scrapeConfigs: { [name]: { static_configs: [{ targets: ["x:80"] }] } } }), []));
  }

  it("is not refused by any other check if Prometheus accepts it", () => {
    for (const [title, values] of [...good, ...discoveries])
      assert.deepEqual(lines(releaseValues(configuration({ values }).settings, []).faults), [], title);
  });

  it("has all its global keys in the chart's contract", () => {
    const known = Object.keys(placeOf(["server", "global"])?.keys ?? {}).sort();
    assert.deepEqual(known, Object.keys(configKeys["config.GlobalConfig"]).sort());
  });

  describe("the advice in a message", () => {
    const targets = { static_configs: [{ targets: ["x:80"] }] };
    const a = (config: object) => ({ scrapeConfigs: { a: { ...targets, ...config } } });
    const found = (config: object) => ({ scrapeConfigs: { a: config } });
    const write = (config: object) => ({ server: { remoteWrite: [{ url: "https://x.example/", ...config }] } });
    const mounted = {
      server: {
        extraVolumes: [{ name: "keys", secret: { secretName: "keys" } }],
        extraVolumeMounts: [{ name: "keys", mountPath: "/keys", readOnly: true }],
      },
    };
    const mount = "`server\\.extraVolumes` and `server\\.extraVolumeMounts`, and write ";
    const followed: readonly (readonly [before: object, sentence: RegExp, after: object])[] = [
      [found({}), /write its `static_configs`/, a({})],
      [
        { scrapeConfigs: { "kubernetes-nodes": { authorization: { credentials_file: "/a" } } } },
        /The chart's job has `bearer_token_file`: write `bearer_token_file: null`/,
        {
          scrapeConfigs: { "kubernetes-nodes": { bearer_token_file: null, authorization: { credentials_file: "/a" } } },
        },
      ],
      [a({ scrape_timeout: "20s" }), /longer `scrape_interval`/, a({ scrape_timeout: "20s", scrape_interval: "30s" })],
      [
        a({ basic_auth: { password: "p" } }),
        new RegExp(`${mount}\`password_file\``),
        { ...mounted, ...a({ basic_auth: { password_file: "/keys/p" } }) },
      ],
      [
        a({ bearer_token: "p" }),
        new RegExp(`${mount}\`authorization\\.credentials_file\``),
        a({ authorization: { credentials_file: "/keys/p" } }),
      ],
      [
        a({ tls_config: { cert_file: "/c", key: "p" } }),
        new RegExp(`${mount}\`key_file\``),
        a({ tls_config: { cert_file: "/c", key_file: "/p" } }),
      ],
      [
        a({ http_headers: { "X-A": { secrets: ["p"] } } }),
        new RegExp(`${mount}\`files\``),
        a({ http_headers: { "X-A": { files: ["/p"] } } }),
      ],
      [
        write({ sigv4: { region: "a", secret_key: "p" } }),
        /give the pod a role, or name one in `role_arn`/,
        write({ sigv4: { region: "a", role_arn: "b" } }),
      ],
      [
        found({ ec2_sd_configs: [{ access_key: "p" }] }),
        /name one in `role_arn`/,
        found({ ec2_sd_configs: [{ role_arn: "b" }] }),
      ],
      [
        found({
          linode_sd_configs: [{ oauth2: { client_id: "a", token_url: "https://x.example/", client_secret: "p" } }],
        }),
        /`client_secret_file`/,
        found({
          linode_sd_configs: [
            { oauth2: { client_id: "a", token_url: "https://x.example/", client_secret_file: "/p" } },
          ],
        }),
      ],
      [
        found({ consul_sd_configs: [{ token: "p" }] }),
        /find these targets by `http_sd_configs`/,
        found({ http_sd_configs: [{ url: "https://x.example/" }] }),
      ],
      [a({ basic_auth: { username_ref: "p" } }), /`username_file`/, a({ basic_auth: { username_file: "/p" } })],
      [a({ no_proxy: "b" }), /set `proxy_url`/, a({ no_proxy: "b", proxy_url: "socks5://b:1" })],
      [
        a({ tls_config: { cert_file: "/c" } }),
        /set `key_file`/,
        a({ tls_config: { cert_file: "/c", key_file: "/p" } }),
      ],
      [a({ authorization: { type: "Basic" } }), /use "basic_auth" instead/, a({ basic_auth: { username: "u" } })],
      [
        a({ metric_name_validation_scheme: "legacy", metric_name_escaping_scheme: "allow-utf-8" }),
        /write "underscores"/,
        a({ metric_name_validation_scheme: "legacy", metric_name_escaping_scheme: "underscores" }),
      ],
      [
        a({ relabel_configs: [{ action: "labelmap", replacement: "" }] }),
        /such as "\$1"/,
        a({ relabel_configs: [{ action: "labelmap", replacement: "$1" }] }),
      ],
      [
        a({ scrape_protocols: ["prometheusproto"] }),
        /is "PrometheusProto" meant\?$/,
        a({ scrape_protocols: ["PrometheusProto"] }),
      ],
      [a({ body_size_limit: "10Mi" }), /"500MiB"/, a({ body_size_limit: "500MiB" })],
      [
        found({ kubernetes_sd_configs: [{ role: "pod", bearer_token_file: "/a" }] }),
        /set `api_server`/,
        found({ kubernetes_sd_configs: [{ role: "pod", bearer_token_file: "/a", api_server: "https://x:1" }] }),
      ],
      [
        found({
          kubernetes_sd_configs: [
            {
              role: "pod",
              selectors: [
                { role: "pod", label: "a" },
                { role: "pod", field: "b" },
              ],
            },
          ],
        }),
        /by `label` and `field`/,
        found({
          kubernetes_sd_configs: [
            { role: "pod", selectors: [{ role: "pod", label: "a", field: "status.phase=Running" }] },
          ],
        }),
      ],
      [
        found({ dns_sd_configs: [{ names: ["a"], type: "MXX" }] }),
        /"SRV"/,
        found({ dns_sd_configs: [{ names: ["a"], type: "SRV" }] }),
      ],
      [
        found({ oci_sd_configs: [{ region: "a" }] }),
        /the `auth` instance_principal/,
        found({ oci_sd_configs: [{ region: "a", auth: "instance_principal" }] }),
      ],
      [
        write({ queue_config: { min_shards: 300 } }),
        /max_shards is 50 unless set; set it too/,
        write({ queue_config: { min_shards: 300, max_shards: 300 } }),
      ],
      [write({ azuread: {} }), /`workload_identity`, `managed_identity` or `sdk`/, write({ azuread: { sdk: {} } })],
      [
        write({ headers: { Authorization: "p" } }),
        /`credentials_file`/,
        write({ authorization: { credentials_file: "/p" } }),
      ],
      [
        { server: { otlp: { ignore_resource_attributes: ["a"] } } },
        /cannot be configured unless 'promote_all_resource_attributes' is true/,
        { server: { otlp: { ignore_resource_attributes: ["a"], promote_all_resource_attributes: true } } },
      ],
    ];
    for (const [before, sentence, after] of followed) {
      it(`is accepted when followed: ${sentence.source}`, () => {
        const faults = (values: object) =>
          releaseValues(configuration({ values }).settings, []).faults.map((one) => one.sentence.replace(/\.$/, ""));
        assert.ok(
          faults(before).some((one) => sentence.test(one)),
          faults(before).join("\n"),
        );
        assert.deepEqual(faults(after), []);
      });
    }

    it("does not list sixty known keys", () => {
      const sentences = told(a({ qqqqqqqqqqqqqqqqq: 1 }));
      assert.deepEqual(sentences, ["scrapeConfigs.a.qqqqqqqqqqqqqqqqq: there is no such key; remove it."]);
    });
  });
});
