import { hash } from "bcryptjs";
import { diffProperties } from "../diff";
import { servePlugin } from "../plugin";
import { secret, unknownValue } from "../properties";
import type { ResourceType } from "../provider";
import { randomText, textDefaults } from "./text";

const knownImages = ["keepers", "length", "overrideSpecial", ...Object.keys(textDefaults)];

/** A password. It is generated once, is only in the state, and is generated again if any input changes. */
const randomPassword: ResourceType = {
  check(_call, inputs) {
    const { length } = inputs;
    const fits = length === unknownValue || (Number.isInteger(length) && Number(length) > 0);
    const unknown = Object.keys(inputs).filter((name) => !knownImages.includes(name));
    const failures = unknown.map((property) => ({
      property,
      reason: `the lab's stand-in of the random provider does not implement "${property}" (it knows ${knownImages.join(", ")})`,
    }));
    return {
      inputs,
      failures: [...failures, ...(fits ? [] : [{ property: "length", reason: "not a whole number above 0" }])],
    };
  },
  diff: (_call, { oldInputs, news }) => ({ changes: diffProperties(oldInputs, news, { replaceOn: ["*"] }) }),
  async create(call, inputs) {
    const text = randomText(inputs);
    const made = { result: secret(text), bcryptHash: secret(await hash(text, 10)) };
    const unknown = { result: unknownValue, bcryptHash: unknownValue };
    return { id: "none", state: { ...textDefaults, ...inputs, ...(call.preview ? unknown : made) } };
  },
  read: (_call, o) => Promise.resolve(o),
  update: (call) => Promise.reject(new Error(`a random value cannot change in place (${call.urn})`)),
  delete: () => Promise.resolve(),
};

/** The stand-in for the provider plugin of @pulumi/random 4.21.2. */
void servePlugin({
  name: "random",
  version: "4.21.2",
  configKeys: [],
  configure: () => Promise.resolve(),
  resources: { "random:index/randomPassword:RandomPassword": randomPassword },
});
