// Reads requests, one a line, and writes the engine's responses, one a line.
import {readFileSync} from "node:fs";
import {respond} from "./engine.mjs";

Error.stackTraceLimit = 0;
const lines = readFileSync("requests", "utf8").split("\n").slice(0, -1);
for (const request of lines) {
  console.log(respond(request, () => {}));
}
