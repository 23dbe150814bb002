import assert from "node:assert/strict";
import { faultLines, settings } from "../../support/settings";

describe("alerting:dashboards", () => {
  it("creates no dashboards unless a namespace is set", () => {
    const defaults = { label: "grafana_dashboard", folder: "Alerting", datasource: true };
    assert.deepEqual(settings().dashboards, defaults);
  });

  it("accepts what the errors say, and reports all problems at once", () => {
    const url = "https://grafana.example/monitoring";
    const allowed = { namespace: "grafana", label: "acme.example/dashboard", folder: "Ops 2", datasource: false, url };
    assert.deepEqual(settings({ dashboards: allowed }).dashboards, allowed);
    const wrong = { namespace: "Grafana", label: "a b", folder: "../x", datasource: "no", url: "grafana.example" };
    assert.deepEqual(faultLines({ dashboards: wrong }), [
      'alerting:dashboards.namespace: got "Grafana"; accepted: a name of lower-case letters, digits and dashes.',
      'alerting:dashboards.label: got "a b"; accepted: a label\'s key.',
      'alerting:dashboards.folder: got "../x"; accepted: a name of at most 64 letters, digits, spaces, dots, dashes and underscores.',
      'alerting:dashboards.datasource: got "no"; accepted: true or false.',
      'alerting:dashboards.url: got "grafana.example"; accepted: a URL that begins with http:// or https://.',
    ]);
  });

  it("refuses a URL with a password, which it does not show, and the URL of a page within Grafana", () => {
    const [fault = "", ...more] = faultLines({ dashboards: { url: "https://me:hunter2@grafana.example" } });
    assert.match(fault, /^alerting:dashboards\.url: .* a URL without user and password/);
    assert.ok(!fault.includes("hunter2") && more.length === 0);
    assert.deepEqual(faultLines({ dashboards: { url: "https://grafana.example/d/x?orgId=1" } }), [
      'alerting:dashboards.url: got "https://grafana.example/…"; accepted: the URL of Grafana\'s start page, without `?` and `#`.',
    ]);
  });

  it("refuses the namespace that this program creates, in which Grafana could not run", () => {
    assert.deepEqual(faultLines({ dashboards: { namespace: "monitoring" } }), [
      'alerting:dashboards.namespace: got "monitoring"; accepted: the namespace of Grafana, which is not alerting:namespace: there, network policies deny what Grafana needs.',
    ]);
  });
});
