import type { Threat } from "./threat";

export const accessThreats: readonly Threat[] = [
  {
    threat: "Open the pages without a password and silence alerts",
    mitigation: "`access.password`: required on every path, including `/metrics` and `/-/ready`",
    tests: [
      {
        spec: "test/lab/web-access.spec.ts",
        title: "refuse every request without the right password: pages, metrics, alerts and silences",
      },
    ],
  },
  {
    threat: "Reach a server started without its user file",
    mitigation: "`web.config.file` of both servers, mounted from the Secret `alerting-web`",
    tests: [
      {
        spec: "test/unit/settings/access-checks.spec.ts",
        title: "make both servers require a password, which a file in the mounted Secret sets",
      },
    ],
  },
  {
    threat: "Create internet-facing NLBs without a password or TLS",
    mitigation: "refused at preview",
    tests: [
      {
        spec: "test/unit/settings/access-checks.spec.ts",
        title:
          "refuses internet-facing NLBs that have neither password nor certificate, and reports both problems at once",
      },
    ],
  },
  {
    threat: "Use plain HTTP although there is a certificate",
    mitigation: "the NLBs then listen on port 443 only",
    tests: [
      {
        spec: "test/unit/components/web-access.spec.ts",
        title: "use the certificate's host names and only the HTTPS port if the certificate is in ACM",
      },
    ],
  },
  {
    threat: "Use TLS 1.0 or 1.1",
    mitigation: "`min_version: TLS12` in `web.yml`; the NLBs' policy `ELBSecurityPolicy-TLS13-1-2-2021-06`",
    tests: [
      { spec: "test/lab/web-access.spec.ts", title: "refuse TLS older than 1.2" },
      {
        spec: "test/unit/components/load-balancers.spec.ts",
        title: "terminate TLS 1.2 or newer at the only port, and use the ACM certificate",
      },
    ],
  },
  {
    threat: "Impersonate Alertmanager to Prometheus",
    mitigation: "custom certificate: `tls_config` with authority and host",
    tests: [
      {
        spec: "test/lab/web-values.spec.ts",
        title: "use TLS for both servers if there is a custom certificate, and verify it against the page's host",
      },
    ],
  },
  {
    threat: "Receive the service account token as Alertmanager",
    mitigation: "the built-in entry in `server.alertmanagers` sends no token",
    tests: [
      {
        spec: "test/lab/web-values.spec.ts",
        title: "send no service account token to Alertmanager, with or without a password",
      },
    ],
  },
  {
    threat: "Stop or reload Prometheus over HTTP",
    mitigation: "no `web.enable-lifecycle`",
    tests: [
      {
        spec: "test/lab/web-access.spec.ts",
        title: "cannot be stopped, reloaded or emptied even by an authenticated client",
      },
    ],
  },
  {
    threat: "Enable the lifecycle or admin API, or replace the user file, by an override",
    mitigation: "refused at preview",
    tests: [
      {
        spec: "test/unit/chart/overrides/keys.spec.ts",
        title: 'are reported in a sentence: {"server":{"extraFlags":["config.auto-reload","web.enable-admin-api"]}}',
      },
      {
        spec: "test/unit/chart/overrides/keys.spec.ts",
        title: 'are reported in a sentence: {"alertmanager":{"extraArgs":{"web.config.file":"/a"}}}',
      },
    ],
  },
  {
    threat: "Read the password from a probe's header",
    mitigation: "probes use TCP",
    tests: [
      {
        spec: "test/lab/web-values.spec.ts",
        title: "replace the HTTP probes of both servers with TCP probes",
      },
    ],
  },
  {
    threat: "Read passwords in chart values or ConfigMaps",
    mitigation: "values only name files, whose contents are in two Secrets",
    tests: [
      {
        spec: "test/unit/settings/access-checks.spec.ts",
        title:
          "log Prometheus in at its own page and at Alertmanager's, and use plain HTTP as long as there is no certificate",
      },
    ],
  },
  {
    threat: "Read people's passwords in the cluster",
    mitigation: "the cluster has only their hashes; Prometheus has its own password",
    tests: [
      {
        spec: "test/unit/components/web-access.spec.ts",
        title: "give Prometheus its own password, the first one, and never people's passwords",
      },
    ],
  },
  {
    threat: "Keep using a rotated password",
    mitigation: "`access.passwords`; password files are read at every request",
    tests: [
      {
        spec: "test/lab/web-access.spec.ts",
        title:
          "rotate the password without a restart, a failed scrape or a failed message if Alertmanager's files arrive first",
      },
    ],
  },
  {
    threat: "Read the certificate's key in the stack's file",
    mitigation: "a key in clear is refused at preview",
    tests: [
      {
        spec: "test/unit/settings/certificate.spec.ts",
        title: "is refused in plain text, because its key would be readable",
      },
    ],
  },
  {
    threat: "Make people used to certificate warnings",
    mitigation: "wrong or expired certificates are refused; a warning appears 14 days before expiry",
    tests: [
      {
        spec: "test/unit/settings/certificate.spec.ts",
        title: "is reported if it has expired, with the day, or is not valid yet",
      },
    ],
  },
  {
    threat: "Make a tool send the password elsewhere: another address, a redirect, plain HTTP",
    mitigation: "sent only to the stack's addresses and loopback, and over HTTPS where there is TLS",
    tests: [
      { spec: "test/unit/tools/stack/access.spec.ts", title: "sends no password, whatever the server asks for" },
      {
        spec: "test/unit/tools/stack/access.spec.ts",
        title: "follows no redirect, because it would pass the password on",
      },
      {
        spec: "test/unit/tools/stack/access.spec.ts",
        title: "accepts no other port, no other host, and no http if the stack has https",
      },
    ],
  },
  {
    threat: "Impersonate Alertmanager to the tools",
    mitigation: "the tools first verify the certificate's authority and host",
    tests: [
      {
        spec: "test/unit/tools/stack/access.spec.ts",
        title: "reports that a certificate has another authority, and sends no password",
      },
    ],
  },
  {
    threat: "Read the password in a tool's output, a server's echo, a preflight row or a printed object",
    mitigation: "masked; only `npm run credentials` prints it",
    tests: [
      {
        spec: "test/unit/tools/stack/access.spec.ts",
        title: "shows the password in no output, no report, no picture and no process argument",
      },
      { spec: "test/unit/tools/stack/access.spec.ts", title: "does not print a password that a server returns" },
      { spec: "test/unit/tools/preflight/pages.spec.ts", title: "hides a password in every row, whatever its source" },
      { spec: "test/unit/tools/login/read.spec.ts", title: "is people's newest login, and never Prometheus' login" },
    ],
  },
  {
    threat: "Silence alerts with the password in Grafana's namespace",
    mitigation: "`alerting:dashboards`: a separate user, whom only Prometheus accepts",
    tests: [
      {
        spec: "test/unit/components/dashboards.spec.ts",
        title: "include a datasource in a Secret, marked as secret, with a password that only Prometheus accepts",
      },
    ],
  },
];
