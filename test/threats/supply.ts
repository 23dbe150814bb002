import type { Threat } from "./threat";

export const supplyThreats: readonly Threat[] = [
  {
    threat: "Replace a chart under the same version, or a chart file",
    mitigation: "`chart.digest`",
    tests: [
      {
        spec: "test/lab/chart-digest.spec.ts",
        title: "cannot be a different chart of the same version: Helm refuses that chart, and reports both digests",
      },
      {
        spec: "test/unit/values/chart-source.spec.ts",
        title: "is accepted with its digest, and a file with another digest is reported with both digests",
      },
    ],
  },
  {
    threat: "Rely on a digest that nothing checks",
    mitigation: "`chart.digest` is accepted only for `oci://` references and `.tgz` files",
    tests: [
      {
        spec: "test/unit/values/chart-source.spec.ts",
        title: "is refused with a repository, official or custom: Helm would check only the version",
      },
    ],
  },
  {
    threat: "Replace an image under the same tag",
    mitigation: "`images.digests`",
    tests: [
      {
        spec: "test/lab/chart-digest.spec.ts",
        title: "appear in the pods with repository and digest, and with the tag if the chart writes it too",
      },
    ],
  },
  {
    threat: "Change an image by a chart value",
    mitigation: "refused at preview",
    tests: [
      { spec: "test/unit/settings/images.spec.ts", title: "may not be written as chart values, and neither may tags" },
    ],
  },
  {
    threat: "Keep a package that has a security advisory",
    mitigation: "`npm run audit` at every push",
    tests: [
      {
        spec: "test/unit/tools/supply-chain/audit.spec.ts",
        title: "without an exception fails, and is reported with severity, id, versions and fix",
      },
    ],
  },
  {
    threat: "Ignore an advisory forever",
    mitigation: "exceptions last at most 180 days",
    tests: [
      {
        spec: "test/unit/tools/supply-chain/audit.spec.ts",
        title: "fails again from the day after the exception's last day",
      },
    ],
  },
  {
    threat: "Mistake a registry without audits for a clean result",
    mitigation: "the audit then exits with code 3",
    tests: [
      {
        spec: "test/unit/tools/supply-chain/audit.spec.ts",
        title: "ends with exit code 3, not 0, if the registry gives no audit",
      },
    ],
  },
  {
    threat: "Drop the audit from CI",
    mitigation: "a test checks the workflow",
    tests: [
      {
        spec: "test/unit/docs/workflows.spec.ts",
        title: "check the packages for advisories at every push, even if the tests fail",
      },
    ],
  },
  {
    threat: "Run a program when packages are installed",
    mitigation: "`ignore-scripts=true` in `.npmrc`, `npm ci --ignore-scripts` in CI",
    tests: [
      {
        spec: "test/unit/tools/supply-chain/install-scripts.spec.ts",
        title: "run no install scripts in this folder: .npmrc forbids them",
      },
      {
        spec: "test/unit/tools/supply-chain/install-scripts.spec.ts",
        title: "run no install scripts in this repository's workflows, whatever the npm settings elsewhere",
      },
    ],
  },
];
