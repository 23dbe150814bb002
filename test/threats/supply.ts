import type { Door } from "./door";

const registry = "whoever can write to the registry or the mirror, or stands in front of it";
const sameNotGood = "a digest says that it is the same, not that it is good";
const inTheNamespace = "everything that the namespace's pods may do, the webhook among it";
const whereItRuns = "the machine that runs `pulumi up`, with its credentials of AWS, the cluster and the stack";
const maintainer = "whoever publishes a version of a package";

/** Doors of what is deployed: the chart, the images, the packages. */
export const supplyDoors: readonly Door[] = [
  {
    door: "Put another chart into a registry under the same version",
    who: registry,
    reach: "whatever a release may make in the cluster",
    stoppedBy:
      "`chart.digest` with an `oci://` source: Helm holds the manifest against it, and refuses a version that moved",
    remains: `without the setting, the version alone decides; ${sameNotGood}`,
    test: {
      spec: "test/lab/chart-digest.spec.ts",
      title: "never is another one that came under the same version: Helm refuses it, and tells both digests",
    },
    openedBy: {
      file: "values/chart-source.ts",
      find: "chart: digest === undefined ? source : `${source}@${digest}`",
      replace: "chart: source",
    },
  },
  {
    door: "Put another chart in the place of the file",
    who: "whoever can write where the `.tgz` lies",
    reach: "whatever a release may make in the cluster",
    stoppedBy: "`chart.digest` with a `.tgz`: a preview holds the file against it",
    remains: "without the setting, name and version alone decide; a file that changes between the check and Helm",
    test: {
      spec: "test/unit/values/chart-source.spec.ts",
      title: "is taken by its digest, and a file that is another one is a fault that names both digests",
    },
    openedBy: {
      file: "values/chart-source.ts",
      find: "if (found === digest) return [];",
      replace: "if (found.length === digest.length) return [];",
    },
  },
  {
    door: "Have a digest in the settings that nothing is held against",
    who: "nobody: a mistake of ours",
    reach: "the same as without a digest, and nobody would know",
    stoppedBy: "a fault at preview where the chart's source has no digests: a repository, a directory",
    remains: "nothing known",
    test: {
      spec: "test/unit/values/chart-source.spec.ts",
      title: "is refused with a repository, the chart's own or another: Helm would look at the version alone",
    },
    openedBy: {
      file: "values/chart-source.ts",
      find: "return digestFault(chart, byVersionAlone);",
      replace: "return byVersionAlone === '' ? digestFault(chart, byVersionAlone) : [];",
    },
  },
  {
    door: "Put another image under the same tag",
    who: registry,
    reach: inTheNamespace,
    stoppedBy: "`images.digests`, in each chart's own way; the kubelet takes no other content",
    remains: `without the setting, the tag decides; the EFS CSI driver's images, where this program installs it; ${sameNotGood}`,
    test: {
      spec: "test/lab/chart-digest.spec.ts",
      title: "are what the pods ask for: a repository, a digest, and the tag where the chart writes it too",
    },
    openedBy: {
      file: "values/images.ts",
      find: "({ tag: `${chartImages[name].tag}@${digest}` })",
      replace: "({ tag: chartImages[name].tag, digest })",
    },
  },
  {
    door: "Bring in another version of an image by a value of the chart",
    who: "whoever changes the stack's `values`, past the setting that reviewers look at",
    reach: inTheNamespace,
    stoppedBy: "tags and digests are refused as values, with the setting that is meant",
    remains: "`images.registry`, which is a setting: whose mirror it is, is for reviewers to know",
    test: { spec: "test/unit/settings/images.spec.ts", title: "are not to be written as values, nor are tags" },
    openedBy: {
      file: "chart/overrides/forms.ts",
      find: "forbidden(`${component}.image.tag`, pinned, { when: isSet }),",
      replace: "",
    },
  },
  {
    door: "Go on with a package that has a known fault",
    who: "whoever uses the fault",
    reach: whereItRuns,
    stoppedBy: "`npm run audit` at every push: an advisory without a reason to let it be fails the run",
    remains: "faults that nobody has told yet; the charts' images, which are for their registry's scanner",
    test: {
      spec: "test/unit/tools/supply-chain/audit.spec.ts",
      title: "without an exception is to be fixed, and is told with its severity, its id, its versions and what to do",
    },
    openedBy: {
      file: "tools/supply-chain/judgement.ts",
      find: "return { check: advisory.package, ...failed(what, fix) };",
      replace: "return { check: advisory.package, ...ok(what) };",
    },
  },
  {
    door: "Let an exception from the audit stand for ever",
    who: "whoever uses the fault",
    reach: whereItRuns,
    stoppedBy: "the exception's last day, at most 180 days ahead",
    remains: "who writes a later day without looking",
    test: {
      spec: "test/unit/tools/supply-chain/audit.spec.ts",
      title: "is to be fixed from the day after the exception's last",
    },
    openedBy: {
      file: "tools/supply-chain/exceptions.ts",
      find: "return today.getTime() >= Date.parse(until) + dayMs;",
      replace: "return today.getTime() >= Date.parse(until) + dayMs * 10_000;",
    },
  },
  {
    door: "Take a registry that gives no audit for one without advisories",
    who: "whoever uses a fault that is known elsewhere",
    reach: whereItRuns,
    stoppedBy: "an exit code of its own, and a sentence",
    remains: "nothing known",
    test: {
      spec: "test/unit/tools/supply-chain/audit.spec.ts",
      title: "ends with 3, and not as if all were well, where the registry gives no audit",
    },
    openedBy: { file: "tools/supply-chain/audit.ts", find: "Refusal(sentence, 3)", replace: "Refusal(sentence, 0)" },
  },
  {
    door: "Take the audit out of the checks at a push",
    who: "whoever changes the workflow, without its being told",
    reach: whereItRuns,
    stoppedBy: "a test of the workflow",
    remains: "who changes both",
    test: {
      spec: "test/unit/docs/workflows.spec.ts",
      title: "look for advisories about the packages at every push, whatever came of the tests",
    },
    openedBy: {
      file: ".github/workflows/check.yml",
      find: "run: npm run --silent audit",
      replace: "run: npm run --silent audit || true",
    },
  },
  {
    door: "Run a program when a package is installed",
    who: maintainer,
    reach: whereItRuns,
    stoppedBy: "`ignore-scripts=true` in `.npmrc`, for whatever npm installs in this folder",
    remains: "what a package does when it is loaded; whoever installs it elsewhere",
    test: {
      spec: "test/unit/tools/supply-chain/install-scripts.spec.ts",
      title: "run none: npm is told so in this folder, whatever it is asked to install",
    },
    openedBy: { file: ".npmrc", find: "ignore-scripts=true", replace: "ignore-scripts=false" },
  },
  {
    door: "Run a program when CI installs the packages",
    who: maintainer,
    reach: "CI's runner, and the stacks' roles of AWS",
    stoppedBy: "`npm ci --ignore-scripts`, which takes what the lock file says by its hash",
    remains: "what a package does when it is loaded",
    test: {
      spec: "test/unit/tools/supply-chain/install-scripts.spec.ts",
      title: "run none where this repository installs them, whatever npm is told elsewhere",
    },
    openedBy: {
      file: ".github/actions/setup/action.yml",
      find: "npm ci --ignore-scripts",
      replace: "npm ci",
    },
  },
];
