// Prints what a reader takes from each step, a line of JSON for each: [step, {title: text}]. Run beside the page's files.

globalThis.document = {createElement: name => ({
  name, parts: [], setAttribute() {}, append(...more) { this.parts.push(...more); },
  get text() { return this.parts.map(node => node.text ?? String(node)).join(""); },
})};

const {initial} = await import("./state.js");
const {STEPS} = await import("./steps.js");
const {exportsOf} = await import("./exports.js");

for (const step of STEPS) {
  const usual = initial(step.id).values;
  const selects = step.controls.filter(control => control.kind === "select");
  const others = selects.flatMap(({name, options}) => options.map(option => ({...usual, [name]: Array.isArray(option) ? option[0] : option})));
  for (const values of [usual, ...others]) {
    const parts = exportsOf(step, values, undefined).map(({parts: [summary, content]}) => [summary.text, content.text]);
    console.log(JSON.stringify([step.id, Object.fromEntries(parts)]));
  }
}
