/**
 * Strips the types of a file for ts-node (its `transpiler`, named in tsconfig.pulumi.json). The program has many small
 * files, and the compiler would take half of a preview's own time to strip them; it checks them in `npm run check`.
 */
const { transform } = require("sucrase");

exports.create = () => ({
  transpile(text, { fileName }) {
    const { code, sourceMap } = transform(text, {
      transforms: ["typescript", "imports"],
      filePath: fileName,
      // Node itself knows what is not TypeScript.
      disableESTransforms: true,
      sourceMapOptions: { compiledFilename: fileName },
    });
    return { outputText: code, sourceMapText: JSON.stringify(sourceMap) };
  },
});
