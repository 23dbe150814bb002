import type { Door } from "./door";

const settings = (title: string) => ({ spec: "test/unit/settings/access-checks.spec.ts", title });
const made = (title: string) => ({ spec: "test/unit/components/web-access.spec.ts", title });
const manifests = (title: string) => ({ spec: "test/lab/web-values.spec.ts", title });
const servers = (title: string) => ({ spec: "test/lab/web-access.spec.ts", title });
const overrides = (title: string) => ({ spec: "test/unit/chart/overrides/keys.spec.ts", title });
const certificates = (title: string) => ({ spec: "test/unit/settings/certificate.spec.ts", title });
const atThePage = "whoever reaches the NLBs, or a pod's port";
const seesPods = "whoever may read pods in the namespace";
const onTheWay = "whoever is on the way between a browser and the NLBs";
const writesValues = "whoever writes `alerting:values`";
const values = "values/web-values.ts";
const pages = "chart/overrides/pages.ts";

/** Doors of the pages: who may look at Prometheus and Alertmanager, and by what kind of connection. */
export const accessDoors: readonly Door[] = [
  {
    door: "Open Prometheus' and Alertmanager's pages without a password, and silence alerts there",
    who: atThePage,
    reach: "every number and every rule; alerts could be made and silenced",
    stoppedBy: "`access.password`: both servers ask for it on every path, `/metrics` and `/-/ready` included",
    remains: "`access.password: false`, which says so; whoever has the password",
    test: servers("answer nothing to whoever has none, or another's: no page, no number, no alert, no silence"),
    openedBy: {
      file: "components/web-access.ts",
      find: "...(users.length > 0 && {",
      replace: "...(users.length > 99 && {",
    },
  },
  {
    door: "Find the servers started without the file that says whom they let in",
    who: atThePage,
    reach: "the same pages without a password",
    stoppedBy: "`web.config.file` of both, a file in the mounted Secret `alerting-web`",
    remains: "nothing known",
    test: settings("have both servers ask for a password, by a file of the mounted Secret"),
    openedBy: { file: values, find: "= guarded\n    ? {", replace: "= !guarded\n    ? {" },
  },
  {
    door: "Have internet-facing NLBs made without a password",
    who: "whoever is on the internet, within the source ranges",
    reach: "everything that the pages show, and silences",
    stoppedBy: "the preview, which refuses the scheme without `access.password`",
    remains: "nothing known",
    test: settings("refuses internet-facing NLBs without password and certificate, both told at once"),
    openedBy: {
      file: "settings/access-checks.ts",
      find: "if (access.password === false) {",
      replace: "if (access.password === undefined) {",
    },
  },
  {
    door: "Have the password cross the internet in clear",
    who: "whoever is on the way",
    reach: "the password",
    stoppedBy: "the preview, which refuses internet-facing NLBs without a certificate of one's own or in ACM",
    remains: "inside the network, where TLS is a choice",
    test: settings("refuses internet-facing NLBs without password and certificate, both told at once"),
    openedBy: {
      file: "settings/access-checks.ts",
      find: '"access.certificateArn") && !hasOwnCertificate) {',
      replace: '"access.certificateArn") && hasOwnCertificate) {',
    },
  },
  {
    door: "Come by plain HTTP where there is a certificate",
    who: onTheWay,
    reach: "the password, from whoever types the address without `https`",
    stoppedBy: "the NLBs, which listen at 443 alone then",
    remains: "with a certificate in ACM, the way from the NLB to the pods",
    test: made("are the certificate's names at the port of https alone, with a certificate in ACM"),
    openedBy: {
      file: "components/load-balancers.ts",
      find: '? { name: "https", port: 443, targetPort, protocol: "TCP" }',
      replace: '? { name: "https", port: 80, targetPort, protocol: "TCP" }',
    },
  },
  {
    door: "Make the servers speak TLS 1.0 or 1.1",
    who: onTheWay,
    reach: "what such a connection carries",
    stoppedBy: "`min_version: TLS12` in `web.yml`",
    remains: "nothing known",
    test: servers("refuse TLS older than 1.2"),
    openedBy: { file: "components/web-access.ts", find: 'min_version: "TLS12"', replace: 'min_version: "TLS10"' },
  },
  {
    door: "Make the NLBs speak TLS 1.0 or 1.1 with a certificate in ACM",
    who: onTheWay,
    reach: "what such a connection carries",
    stoppedBy: "the NLBs' policy `ELBSecurityPolicy-TLS13-1-2-2021-06`, always named",
    remains: "nothing known; the controller and AWS are trusted to keep to it",
    test: {
      spec: "test/unit/components/load-balancers.spec.ts",
      title: "end TLS with the certificate out of ACM at the one port, by nothing older than TLS 1.2",
    },
    openedBy: {
      file: "components/load-balancers.ts",
      find: '      [annotation("ssl-negotiation-policy")]: tlsPolicy,\n',
      replace: "",
    },
  },
  {
    door: "Answer Prometheus in Alertmanager's place, and be sent the alerts and its password",
    who: "a pod that has taken Alertmanager's labels and namespace",
    reach: "alerts that nobody is told of; a password that opens both pages",
    stoppedBy: "with a certificate of one's own, `tls_config` with the authority and the page's host",
    remains: "without a certificate of one's own, whoever may start pods in the namespace",
    test: manifests("speaks TLS to both where there is a certificate of one's own, and checks it by the page's host"),
    openedBy: {
      file: values,
      find: 'ca_file: file("authority"),',
      replace: "insecure_skip_verify: true,",
    },
  },
  {
    door: "Be sent the service account's token in Alertmanager's place",
    who: "a pod that answers as Alertmanager, or listens on the way",
    reach: "the API server, with Prometheus' rights",
    stoppedBy: "an entry of our own in `server.alertmanagers`; the chart's own sends the token over plain HTTP",
    remains: "nothing known",
    test: manifests("sends no token of the service account to Alertmanager, with a password or without"),
    openedBy: {
      file: values,
      find: "alertmanagers: [{ ...ofAlertmanager, ...ownAlertmanager(settings.namespace) }],",
      replace: "alertmanagers: [],",
    },
  },
  {
    door: "Stop Prometheus by `/-/quit`, or have it read its files by `/-/reload`",
    who: "whoever has the password, or any pod where there is none",
    reach: "an end of all alerts",
    stoppedBy: "no `web.enable-lifecycle`: Prometheus reads changed files by itself",
    remains: "Alertmanager's `/-/reload`, which has no such flag, to whoever has the password",
    test: servers("cannot be stopped, reloaded or emptied by whoever is let in"),
    openedBy: {
      file: "values/prometheus-values.ts",
      find: 'extraFlags: ["config.auto-reload"],',
      replace: 'extraFlags: ["config.auto-reload", "web.enable-lifecycle"],',
    },
  },
  {
    door: "Open the lifecycle or the admin API by an override",
    who: writesValues,
    reach: "an end of all alerts, and of what is stored, for whoever has the password",
    stoppedBy: "the preview, which refuses both flags in `server.extraFlags` and `server.extraArgs`",
    remains: "nothing known",
    test: overrides('have a sentence: {"server":{"extraFlags":["config.auto-reload","web.enable-admin-api"]}}'),
    openedBy: {
      file: pages,
      find: 'const openFlags = ["web.enable-lifecycle", "web.enable-admin-api",',
      replace: "const openFlags = [",
    },
  },
  {
    door: "Put another file of users in the place of ours by an override",
    who: writesValues,
    reach: "pages without a password, though the settings say that there is one",
    stoppedBy: "the preview, which refuses `web.config.file` of both servers",
    remains: "whoever writes the stack's configuration may as well set `access.password` to false",
    test: overrides('have a sentence: {"alertmanager":{"extraArgs":{"web.config.file":"/a"}}}'),
    openedBy: {
      file: pages,
      find: '    forbidden(`${server}.extraArgs["web.config.file"]`, ownAccess, setAccess),\n',
      replace: "",
    },
  },
  {
    door: "Read the password in a pod, as the header of a probe",
    who: seesPods,
    reach: "the password",
    stoppedBy: "probes by TCP, the chart's own by HTTP deleted with null",
    remains: "a probe by TCP tells less of a server's health",
    test: manifests("probes both servers by TCP alone: the chart's probe by HTTP is deleted, not joined"),
    openedBy: { file: values, find: "tcpSocketProbeEnabled: true,", replace: "tcpSocketProbeEnabled: false," },
  },
  {
    door: "Read a password or its hash in the chart's values, in Helm's history or in a ConfigMap",
    who: "whoever may read ConfigMaps, Secrets of Helm or a preview",
    reach: "the password, or a hash to try passwords on",
    stoppedBy: "values that name files alone; the texts are in two Secrets",
    remains: "whoever may read Secrets in the namespace has Prometheus' own password, and hashes of 190 random bits",
    test: settings(
      "let Prometheus in at its own page and at Alertmanager's, in clear as long as there is no certificate",
    ),
    openedBy: {
      file: values,
      find: 'password_file: file("password")',
      replace: 'password_file: file("password"), password: "in-clear"',
    },
  },
  {
    door: "Read people's passwords in the cluster",
    who: "whoever may read Secrets of the namespace, or gets into a pod",
    reach: "a login that looks like a person's",
    stoppedBy: "hashes alone for people; Prometheus has a password of its own, which turns with theirs",
    remains: "Prometheus' own password, which opens the pages too",
    test: made("tells Prometheus its own password, the first, and people's to nobody"),
    openedBy: {
      file: "components/web-access.ts",
      find: "clients.get(users.used)!.result",
      replace: "people.get(users.used)!.result",
    },
  },
  {
    door: "Go on with the old password after it has been turned",
    who: "whoever once had it",
    reach: "the pages",
    stoppedBy:
      "`access.passwords`: what is no number there is in no Secret, and both servers read them at every request",
    remains: "as long as a kubelet takes to bring the new files, about a minute",
    test: servers(
      "turn it without a scrape or a message that fails, and without a restart: Alertmanager's files first",
    ),
    openedBy: {
      file: "conventions/web-users.ts",
      find: "return { people: passwords,",
      replace: "return { people: [1, ...passwords],",
    },
  },
  {
    door: "Read the certificate's key in the stack's file",
    who: "whoever may read the repository",
    reach: "the pages' identity, and with it every password that is typed there",
    stoppedBy: "the preview, which refuses `certificate` in clear",
    remains: "whoever has the stack's passphrase or key",
    test: certificates("is refused in clear, because the key would be"),
    openedBy: {
      file: "settings/certificate.ts",
      find: "if (!isSecret) return",
      replace: "if (isSecret === undefined) return",
    },
  },
  {
    door: "Have people click a certificate warning away, until they do so for everybody",
    who: onTheWay,
    reach: "the password",
    stoppedBy:
      "the preview, which refuses a certificate that has expired or is for other hosts, and warns 14 days before",
    remains: "nobody who runs a preview in those 14 days",
    test: certificates("is told to have expired, with the day, and to be not valid yet"),
    openedBy: { file: "settings/certificate.ts", find: "if (to <= now) fault(", replace: "if (to < from) fault(" },
  },
];
