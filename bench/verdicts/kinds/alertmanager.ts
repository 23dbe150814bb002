import { withCredentialFiles } from "../../../alertmanager/credentials";
import { configKeys } from "../../../alertmanager/config-keys";
import { findingsOf, samples } from "../../../test/fixtures/corpus/alertmanager/read";
import { seeds } from "../corpus";
import { kind } from "../kind";
import { mutatedText } from "../texts";
import { treeMutation } from "../trees";
import { kindsBelow, vocabularyOf } from "../vocabulary";

const tool = "amtool check-config";
const check = (config: unknown) => findingsOf({ name: "", config, templates: {} });
const file = (config: unknown) => JSON.stringify(withCredentialFiles(config));

const configWith = (matcher: string) => ({
  route: { receiver: "r", routes: [{ receiver: "r", matchers: [matcher] }] },
  receivers: [{ name: "r" }],
});
const written = ['a="b"', "a=~b.*", '{a="b", c!~"d|e"}', '"ä b"="c"', 'severity =~ "(critical|warning)"', "a!=b,c=d"];

export const matchers = kind<string>({
  name: "matchers",
  tool,
  seeds: written,
  mutated: mutatedText,
  check: (matcher) => check(configWith(matcher)),
  file: (matcher) => file(configWith(matcher)),
});

// Samples with template files are left out: amtool gets only the configuration file.
const configs = [
  ...samples("good")
    .filter(({ templates }) => Object.keys(templates).length === 0)
    .map(({ config }) => config),
  ...seeds<unknown[]>("alertmanager.yaml"),
];
const words = vocabularyOf(configs, { ...kindsBelow(configKeys), "": configKeys["config.Config"] });

export const alertmanagerConfigs = kind<unknown>({
  name: "Alertmanager's configurations",
  tool,
  seeds: configs,
  mutated: treeMutation(words),
  check,
  file,
});
