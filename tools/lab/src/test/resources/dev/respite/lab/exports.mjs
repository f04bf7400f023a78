// Prints what a reader takes from each step and choice, a line of JSON for each: [step, {title: text}]. Run beside the page's files. With
// "requests" it prints requests to run the policies of each step, whose responses runs.json then has, a line for each. Other runs are made up.

import {existsSync, readFileSync} from "node:fs";

globalThis.document = {createElement: name => ({
  name, parts: [], setAttribute() {}, append(...more) { this.parts.push(...more); },
  get text() { return this.parts.map(node => node.text ?? String(node)).join(""); },
})};

const {initial} = await import("./state.js");
const {NAIVE, STEPS} = await import("./steps.js");
const {exportsOf, own} = await import("./exports.js");
const {exportOf, situations} = await import("./scorecard.js");

const isAsking = process.argv[2] === "requests";
const responses = existsSync("runs.json") ? readFileSync("runs.json", "utf8").split("\n") : [];
const MADE_UP = {calls: 100, succeeded: 90, amplification: 1.1, recoverySeconds: 3};

/** The policies that are taken from a step, as the exports name them. */
function taken(step, values) {
  const policies = own(step.policies(values), step.taken?.(values));
  return Object.fromEntries(policies.length ? policies : [["respite", ""]]);
}

for (const step of STEPS.filter(({isScene}) => !isScene)) {
  const usual = initial(step.id).values;
  const selects = step.controls.filter(control => control.kind === "select");
  const others = selects.flatMap(({name, options}) => options.map(option => ({...usual, [name]: Array.isArray(option) ? option[0] : option})));
  for (const values of [usual, ...others]) {
    const source = step.scenario?.(values);
    if (isAsking) {
      if (source?.builtIn && values === usual) {
        console.log(JSON.stringify({op: "run", ...source, policies: taken(step, values)}));
      }
      continue;
    }
    const run = source?.builtIn && values === usual && responses.length ? JSON.parse(responses.shift())
      : {runs: Object.keys(taken(step, values)).map(policy => ({policy, results: [MADE_UP]}))};
    const parts = exportsOf(step, values, undefined, run).map(({parts: [summary, content]}) => [summary.text, content.text]);
    console.log(JSON.stringify([step.id, Object.fromEntries(parts)]));
  }
}

if (isAsking) {
  process.exit();
}
console.log(JSON.stringify(["naive", {Naive: NAIVE}]));
for (const values of [{rate: 50, capacity: 80, timeout: 2000}, {rate: 1, capacity: 7, timeout: 10}, {rate: 499, capacity: 700, timeout: 60000}]) {
  for (const scenario of Object.values(situations(values))) {
    const {command} = exportOf(scenario, "", {none: "max-attempts=1", A: "max-attempts=5", B: ""});
    console.log(JSON.stringify(["situation", {Situation: JSON.stringify(scenario), Command: command}]));
  }
}
