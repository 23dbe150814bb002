import type { Threat } from "./threat";

export const accessThreats: readonly Threat[] = [
  {
    threat: "Open the pages without a password and silence alerts",
    mitigation: "`access.password`: asked on every path, `/metrics` and `/-/ready` included",
    tests: [
      {
        spec: "test/lab/web-access.spec.ts",
        title: "answer nothing to whoever has none, or another's: no page, no number, no alert, no silence",
      },
    ],
  },
  {
    threat: "Reach a server started without its user file",
    mitigation: "`web.config.file` of both servers, mounted from the Secret `alerting-web`",
    tests: [
      {
        spec: "test/unit/settings/access-checks.spec.ts",
        title: "make both servers require a password, with a file in the mounted Secret",
      },
    ],
  },
  {
    threat: "Internet-facing NLBs without a password or TLS",
    mitigation: "refused at preview",
    tests: [
      {
        spec: "test/unit/settings/access-checks.spec.ts",
        title: "refuses internet-facing NLBs without password and certificate, and reports both at once",
      },
    ],
  },
  {
    threat: "Use plain HTTP where there is a certificate",
    mitigation: "the NLBs then listen on port 443 only",
    tests: [
      {
        spec: "test/unit/components/web-access.spec.ts",
        title: "use the certificate's host names and only the HTTPS port, with a certificate in ACM",
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
        title: "terminate TLS with the ACM certificate at the only port, with TLS 1.2 or newer",
      },
    ],
  },
  {
    threat: "Impersonate Alertmanager to Prometheus",
    mitigation: "custom certificate: `tls_config` with authority and host",
    tests: [
      {
        spec: "test/lab/web-values.spec.ts",
        title: "speaks TLS to both where there is a certificate of one's own, and checks it by the page's host",
      },
    ],
  },
  {
    threat: "Receive the service account token as Alertmanager",
    mitigation: "our entry in `server.alertmanagers` sends none",
    tests: [
      {
        spec: "test/lab/web-values.spec.ts",
        title: "sends no token of the service account to Alertmanager, with a password or without",
      },
    ],
  },
  {
    threat: "Stop or reload Prometheus over HTTP",
    mitigation: "no `web.enable-lifecycle`",
    tests: [
      { spec: "test/lab/web-access.spec.ts", title: "cannot be stopped, reloaded or emptied by whoever is let in" },
    ],
  },
  {
    threat: "Enable the lifecycle or admin API, or replace the user file, by an override",
    mitigation: "refused at preview",
    tests: [
      {
        spec: "test/unit/chart/overrides/keys.spec.ts",
        title: 'have a sentence: {"server":{"extraFlags":["config.auto-reload","web.enable-admin-api"]}}',
      },
      {
        spec: "test/unit/chart/overrides/keys.spec.ts",
        title: 'have a sentence: {"alertmanager":{"extraArgs":{"web.config.file":"/a"}}}',
      },
    ],
  },
  {
    threat: "Read the password from a probe's header",
    mitigation: "probes use TCP",
    tests: [
      {
        spec: "test/lab/web-values.spec.ts",
        title: "probes both servers by TCP alone: the chart's probe by HTTP is deleted, not joined",
      },
    ],
  },
  {
    threat: "Read passwords in chart values or ConfigMaps",
    mitigation: "values name files; the contents are in two Secrets",
    tests: [
      {
        spec: "test/unit/settings/access-checks.spec.ts",
        title:
          "log Prometheus in at its own page and at Alertmanager's, with plain HTTP as long as there is no certificate",
      },
    ],
  },
  {
    threat: "Read people's passwords in the cluster",
    mitigation: "only hashes; Prometheus has its own password",
    tests: [
      {
        spec: "test/unit/components/web-access.spec.ts",
        title: "give Prometheus its own password, the first one, and never people's passwords",
      },
    ],
  },
  {
    threat: "Keep using a rotated password",
    mitigation: "`access.passwords`; files are read at every request",
    tests: [
      {
        spec: "test/lab/web-access.spec.ts",
        title: "turn it without a scrape or a message that fails, and without a restart: Alertmanager's files first",
      },
    ],
  },
  {
    threat: "Read the certificate's key in the stack's file",
    mitigation: "refused in clear at preview",
    tests: [
      {
        spec: "test/unit/settings/certificate.spec.ts",
        title: "is refused in plain text, because its key would be readable",
      },
    ],
  },
  {
    threat: "Get used to certificate warnings",
    mitigation: "expired or wrong certificates are refused, with 14 days' warning",
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
      { spec: "test/unit/tools/drill/access.spec.ts", title: "sends no password, whatever the server asks for" },
      {
        spec: "test/unit/tools/drill/access.spec.ts",
        title: "follows no redirect, because it would pass the password on",
      },
      {
        spec: "test/unit/tools/drill/access.spec.ts",
        title: "accepts no other port, no other host, and no http if the stack has https",
      },
    ],
  },
  {
    threat: "Impersonate Alertmanager to the tools",
    mitigation: "they verify authority and host first",
    tests: [
      {
        spec: "test/unit/tools/drill/access.spec.ts",
        title: "reports that a certificate has another authority, and sends no password",
      },
    ],
  },
  {
    threat: "Read the password in a tool's output, a server's echo, a preflight row or a printed object",
    mitigation: "masked; only `npm run credentials` prints it",
    tests: [
      {
        spec: "test/unit/tools/drill/access.spec.ts",
        title: "shows the password in no output, no report, no picture and no process argument",
      },
      { spec: "test/unit/tools/drill/access.spec.ts", title: "does not print a password that a server returns" },
      { spec: "test/unit/tools/preflight/pages.spec.ts", title: "hides a password in every row, whatever its source" },
      { spec: "test/unit/tools/login/read.spec.ts", title: "is people's newest login, and never Prometheus' login" },
    ],
  },
];
