import type { Door } from "./door";

const drill = "test/unit/tools/drill/access.spec.ts";

/** What the tools that look with the password could be led to do with it. */
export const accessToolsDoors: readonly Door[] = [
  {
    door: "Be sent the password by giving the drill an address of one's own",
    who: "whoever has a say in the command line, such as a copied instruction or a CI job",
    reach: "the pages, with the right to silence alerts",
    stoppedBy:
      "the login goes to the stack's outputs, to `externalUrl` and to loopback alone, and only once it is asked for",
    remains: "another program on the same machine, at the port that a person names",
    test: { spec: drill, title: "is sent no password, whatever it asks for" },
    openedBy: { file: "tools/drill/web/authentication.ts", find: "  if (!isOwn) {", replace: '  if (origin === "") {' },
  },
  {
    door: "Have the password sent on by a redirect",
    who: "whoever can answer in Prometheus' or Alertmanager's place",
    reach: "the pages, with the right to silence alerts",
    stoppedBy: "drill and preflight follow no redirect",
    remains: "nothing known",
    test: { spec: drill, title: "follows no redirect, which would take the password along" },
    openedBy: {
      file: "tools/drill/http.ts",
      find: "  if (redirectsTo !== undefined) {",
      replace: "  if (redirectsTo !== undefined) {\n    return ask(redirectsTo.origin, redirectsTo.pathname, options);",
    },
  },
  {
    door: "Have the password sent in clear where the stack has a certificate",
    who: "whoever reads along in the network",
    reach: "the pages, with the right to silence alerts",
    stoppedBy: "an http address is none of the stack's own once its pages are https",
    remains: "stacks without a certificate send it in clear: internal load balancers alone may be so",
    test: { spec: drill, title: "takes no other port, no other host, and never http where the stack has https" },
    openedBy: {
      file: "tools/drill/web/addresses.ts",
      find: "filter((one) => one?.protocol === scheme)",
      replace: "filter((one) => one !== undefined)",
    },
  },
  {
    door: "Pass for Alertmanager with a certificate of one's own",
    who: "whoever can lead the stack's address to another machine",
    reach: "the password, and drills that say that alerting works",
    stoppedBy:
      "drill and preflight trust this machine's authorities and `alerting:certificate.ca`, for the host of `externalUrl`",
    remains: "authorities that this machine trusts",
    test: { spec: drill, title: "says that a certificate is another authority's, and sends no password" },
    openedBy: {
      file: "tools/shared/http.ts",
      find: "      ...(serverName !== undefined && namedAs(serverName)),",
      replace: "      ...(serverName !== undefined && namedAs(serverName)),\n      rejectUnauthorized: false,",
    },
  },
  {
    door: "Read the password in what a drill prints or writes",
    who: "whoever sees a log of CI, or is sent the report or the picture",
    reach: "the pages, with the right to silence alerts",
    stoppedBy: "only `npm run credentials` prints it; elsewhere it is a text that prints as a word",
    remains: "the memory of the process that runs it",
    test: { spec: drill, title: "tells the password in no output, no report, no picture and no argument of a process" },
    openedBy: {
      file: "tools/drill/reach.ts",
      find: "takes that of ${login.user}`",
      replace: "takes that of ${login.user} ${login.password.reveal()}`",
    },
  },
  {
    door: "Read the password in the words of a server that repeats what it was sent",
    who: "whoever sees a log of CI",
    reach: "the pages, with the right to silence alerts",
    stoppedBy: "what a server says is shown without the login",
    remains: "nothing known",
    test: { spec: drill, title: "does not repeat a password that a server repeats" },
    openedBy: {
      file: "tools/drill/web/access.ts",
      find: '  return secrets.filter(Boolean).reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);',
      replace: "  return text;",
    },
  },
  {
    door: "Read the password in the rows of a preflight",
    who: "whoever sees a run of the pull requests' workflow",
    reach: "the pages, with the right to silence alerts",
    stoppedBy: "no check puts it there, and all rows are searched for it before they are shown",
    remains: "nothing known",
    test: {
      spec: "test/unit/tools/preflight/pages.spec.ts",
      title: "conceals a password in every row, whoever says it",
    },
    openedBy: {
      file: "tools/preflight/conceal.ts",
      find: 'texts.reduce((left, secret) => left.replaceAll(secret, "[secret]"), text)',
      replace: "text",
    },
  },
  {
    door: "Read the password in a printed object",
    who: "whoever sees a log of a tool that prints what it has",
    reach: "the pages, with the right to silence alerts",
    stoppedBy: "`SecretText` prints as a word, and only who asks for it by name gets the text",
    remains: "code that asks for it by name",
    test: { spec: "test/unit/tools/login/read.spec.ts", title: "is the newest of people's, and never Prometheus' own" },
    openedBy: {
      file: "tools/stack/secret-text.ts",
      find: "  [inspect.custom](): string {",
      replace: "  [inspect.custom](): string {\n    return this.#text;",
    },
  },
];
