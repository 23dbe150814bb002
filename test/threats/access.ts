import type { Threat } from "./threat";

export const accessThreats: readonly Threat[] = [
  {
    threat: "Open the pages without a password and silence alerts",
    mitigation: "`access.password`: asked on every path, `/metrics` and `/-/ready` included",
    test: {
      spec: "test/lab/web-access.spec.ts",
      title: "answer nothing to whoever has none, or another's: no page, no number, no alert, no silence",
    },
  },
  {
    threat: "Reach a server started without its user file",
    mitigation: "`web.config.file` of both servers, mounted from the Secret `alerting-web`",
    test: {
      spec: "test/unit/settings/access-checks.spec.ts",
      title: "have both servers ask for a password, by a file of the mounted Secret",
    },
  },
  {
    threat: "Internet-facing NLBs without a password or TLS",
    mitigation: "refused at preview",
    test: {
      spec: "test/unit/settings/access-checks.spec.ts",
      title: "refuses internet-facing NLBs without password and certificate, both told at once",
    },
  },
  {
    threat: "Use plain HTTP where there is a certificate",
    mitigation: "the NLBs then listen on port 443 only",
    test: {
      spec: "test/unit/components/web-access.spec.ts",
      title: "are the certificate's names at the port of https alone, with a certificate in ACM",
    },
  },
  {
    threat: "Use TLS 1.0 or 1.1 with the servers",
    mitigation: "`min_version: TLS12` in `web.yml`",
    test: { spec: "test/lab/web-access.spec.ts", title: "refuse TLS older than 1.2" },
  },
  {
    threat: "Use TLS 1.0 or 1.1 with an ACM certificate",
    mitigation: "the NLBs' policy `ELBSecurityPolicy-TLS13-1-2-2021-06`",
    test: {
      spec: "test/unit/components/endpoints.spec.ts",
      title: "end TLS with the certificate out of ACM at the one port, by nothing older than TLS 1.2",
    },
  },
  {
    threat: "Impersonate Alertmanager to Prometheus",
    mitigation: "custom certificate: `tls_config` with authority and host",
    test: {
      spec: "test/lab/web-values.spec.ts",
      title: "speaks TLS to both where there is a certificate of one's own, and checks it by the page's host",
    },
  },
  {
    threat: "Receive the service account token as Alertmanager",
    mitigation: "our entry in `server.alertmanagers` sends none",
    test: {
      spec: "test/lab/web-values.spec.ts",
      title: "sends no token of the service account to Alertmanager, with a password or without",
    },
  },
  {
    threat: "Stop or reload Prometheus over HTTP",
    mitigation: "no `web.enable-lifecycle`",
    test: { spec: "test/lab/web-access.spec.ts", title: "cannot be stopped, reloaded or emptied by whoever is let in" },
  },
  {
    threat: "Enable the lifecycle or admin API by an override",
    mitigation: "refused at preview",
    test: {
      spec: "test/unit/chart/overrides/keys.spec.ts",
      title: 'have a sentence: {"server":{"extraFlags":["config.auto-reload","web.enable-admin-api"]}}',
    },
  },
  {
    threat: "Replace the user file by an override",
    mitigation: "refused at preview",
    test: {
      spec: "test/unit/chart/overrides/keys.spec.ts",
      title: 'have a sentence: {"alertmanager":{"extraArgs":{"web.config.file":"/a"}}}',
    },
  },
  {
    threat: "Read the password from a probe's header",
    mitigation: "probes use TCP",
    test: {
      spec: "test/lab/web-values.spec.ts",
      title: "probes both servers by TCP alone: the chart's probe by HTTP is deleted, not joined",
    },
  },
  {
    threat: "Read passwords in chart values or ConfigMaps",
    mitigation: "values name files; the contents are in two Secrets",
    test: {
      spec: "test/unit/settings/access-checks.spec.ts",
      title: "let Prometheus in at its own page and at Alertmanager's, in clear as long as there is no certificate",
    },
  },
  {
    threat: "Read people's passwords in the cluster",
    mitigation: "only hashes; Prometheus has its own password",
    test: {
      spec: "test/unit/components/web-access.spec.ts",
      title: "tells Prometheus its own password, the first, and people's to nobody",
    },
  },
  {
    threat: "Keep using a rotated password",
    mitigation: "`access.passwords`; files are read at every request",
    test: {
      spec: "test/lab/web-access.spec.ts",
      title: "turn it without a scrape or a message that fails, and without a restart: Alertmanager's files first",
    },
  },
  {
    threat: "Read the certificate's key in the stack's file",
    mitigation: "refused in clear at preview",
    test: { spec: "test/unit/settings/certificate.spec.ts", title: "is refused in clear, because the key would be" },
  },
  {
    threat: "Get used to certificate warnings",
    mitigation: "expired or wrong certificates are refused, with 14 days' warning",
    test: {
      spec: "test/unit/settings/certificate.spec.ts",
      title: "is told to have expired, with the day, and to be not valid yet",
    },
  },
  {
    threat: "Get the password by giving the drill another address",
    mitigation: "sent to the stack's addresses and loopback only",
    test: { spec: "test/unit/tools/drill/access.spec.ts", title: "is sent no password, whatever it asks for" },
  },
  {
    threat: "Get the password by a redirect",
    mitigation: "drill and preflight follow none",
    test: {
      spec: "test/unit/tools/drill/access.spec.ts",
      title: "follows no redirect, which would take the password along",
    },
  },
  {
    threat: "Get the password over HTTP where there is TLS",
    mitigation: "HTTP addresses are then not the stack's",
    test: {
      spec: "test/unit/tools/drill/access.spec.ts",
      title: "takes no other port, no other host, and never http where the stack has https",
    },
  },
  {
    threat: "Impersonate Alertmanager to the tools",
    mitigation: "they verify authority and host first",
    test: {
      spec: "test/unit/tools/drill/access.spec.ts",
      title: "says that a certificate is another authority's, and sends no password",
    },
  },
  {
    threat: "Read the password in a drill's output",
    mitigation: "only `npm run credentials` prints it",
    test: {
      spec: "test/unit/tools/drill/access.spec.ts",
      title: "tells the password in no output, no report, no picture and no argument of a process",
    },
  },
  {
    threat: "Read the password echoed by a server",
    mitigation: "server messages are masked",
    test: { spec: "test/unit/tools/drill/access.spec.ts", title: "does not repeat a password that a server repeats" },
  },
  {
    threat: "Read the password in a preflight row",
    mitigation: "all rows are masked",
    test: {
      spec: "test/unit/tools/preflight/pages.spec.ts",
      title: "conceals a password in every row, whoever says it",
    },
  },
  {
    threat: "Read the password in a printed object",
    mitigation: "`SecretText` prints a placeholder",
    test: { spec: "test/unit/tools/login/read.spec.ts", title: "is the newest of people's, and never Prometheus' own" },
  },
];
