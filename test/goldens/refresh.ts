/** `npm run goldens`: writes what each environment's file makes now. A test only compares. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { environments, runEnvironment } from "../support/environment-runs";
import { goldenOf } from "./golden";

async function main(): Promise<void> {
  for (const environment of environments) {
    const file = join(__dirname, `${environment}.txt`);
    writeFileSync(file, goldenOf(environment, await runEnvironment(environment)));
    console.log(`Written: ${file}`);
  }
}

main().then(
  // The SDK's mocks keep the process up.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
