/** Packages that would run a program of their own when they are installed, and why they work without it. */
export const installScripts: Readonly<Record<string, string>> = {
  "@pulumi/kubernetes": "gets the provider's plugin, which the Pulumi CLI gets by itself when it needs it",
  esbuild: "looks whether its program works, which comes as a package for each platform; of the tests alone, by tsx",
  protobufjs: "prints a hint on version numbers",
};
