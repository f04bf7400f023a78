// Prints what a reader takes from each step, a line of JSON for each: [step, {title: text}]. Run beside the page's files.

globalThis.document = {createElement: name => ({
  name, parts: [], setAttribute() {}, append(...more) { this.parts.push(...more); },
  get text() { return this.parts.map(node => node.text ?? String(node)).join(""); },
})};

const {initial} = await import("./state.js");
const {NAIVE, STEPS} = await import("./steps.js");
const {exportsOf} = await import("./exports.js");
const {exportOf, situations} = await import("./scorecard.js");

for (const step of STEPS) {
  const usual = initial(step.id).values;
  const selects = step.controls.filter(control => control.kind === "select");
  const others = selects.flatMap(({name, options}) => options.map(option => ({...usual, [name]: Array.isArray(option) ? option[0] : option})));
  for (const values of [usual, ...others]) {
    const parts = exportsOf(step, values, undefined).map(({parts: [summary, content]}) => [summary.text, content.text]);
    console.log(JSON.stringify([step.id, Object.fromEntries(parts)]));
  }
}

console.log(JSON.stringify(["naive", {Naive: NAIVE}]));
for (const values of [{rate: 50, capacity: 80, timeout: 2000}, {rate: 1, capacity: 7, timeout: 10}, {rate: 499, capacity: 700, timeout: 60000}]) {
  for (const scenario of Object.values(situations(values))) {
    const {command} = exportOf(scenario, "", {none: "max-attempts=1", A: "max-attempts=5", B: ""});
    console.log(JSON.stringify(["situation", {Situation: JSON.stringify(scenario), Command: command}]));
  }
}
