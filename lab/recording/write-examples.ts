/** `npm run docs:previews`: the examples of docs/pull-requests.md, from what is recorded. */
import { writeExamples } from "./examples";

void writeExamples();
