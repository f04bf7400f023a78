// Properties of the page's modules that need no browser: node state.mjs SEED, beside the page's files. Prints a line of JSON for
// each policy whose Spring properties are to be read by another reader: [text, yaml], and each request of the items of the course, which
// the engine must accept. Ends with 1 if a property does not hold.

import assert from "node:assert/strict";

// The few members of a document that exports.js uses: an element is its text.
globalThis.document = {createElement: name => ({
  name, parts: [], setAttribute() {}, append(...more) { this.parts.push(...more); },
  get text() { return this.parts.map(node => node.text ?? String(node)).join(""); },
})};

const {COURSE} = await import("./course.js");
const {decode, encode, initial, lesson} = await import("./state.js");
const {STEPS} = await import("./steps.js");
const {exportsOf, spring} = await import("./exports.js");
const {CLIENTS, valueOf, withValue} = await import("./fields.js");
const {about, PRESETS, presetOf} = await import("./presets.js");
const {problemOf, recoveryText, situations, verdict} = await import("./scorecard.js");

let seed = Number(process.argv[2]);

/** A number from 0 to below 1 (mulberry32). */
function random() {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const below = count => Math.floor(random() * count);
const pick = list => list[below(list.length)];
const several = (most, make) => Array.from({length: below(most + 1)}, make);

const PIECES = ["max-attempts=3", "=", " ", "\n", "\t", "\"", "'", "\\", "\\u0000", "\u0000", "é", "ß", "漢字", "🙂", "👩‍👩‍👧", "\ud800", "\u2028", "</script>",
  "+", "/", "%", "&", "#", "__proto__", "null", "0", "x".repeat(3000)];
const text = () => several(8, () => pick(PIECES)).join("");

function valueFor(control, usual) {
  switch (control?.kind) {
    case "range":
      return Number((control.min + below(Math.round((control.max - control.min) / control.step) + 1) * control.step).toFixed(6));
    case "clients":
      return pick(CLIENTS);
    case "select": {
      const option = pick(control.options);
      return Array.isArray(option) ? option[0] : option;
    }
    default:
      if (typeof usual === "number") {
        return control?.max === undefined ? 1 + below(1e9) : control.min + below(control.max - control.min + 1);
      }
      return typeof usual === "string" ? text() : Object.fromEntries(several(4, () => [`k${text()}`, text()]));
  }
}

function randomState() {
  const step = pick(STEPS);
  const state = initial(step.id);
  for (const name of Object.keys(step.defaults)) {
    if (random() < 0.6) {
      state.values[name] = valueFor(step.controls.find(control => control.name === name), step.defaults[name]);
    }
  }
  const items = COURSE.filter(item => item.step === step.id);
  return items.length && random() < 0.3 ? {...state, item: pick(items).id} : state;
}

// Each state is read as it was written.
for (let i = 0; i < 4000; i++) {
  const state = randomState();
  const fragment = encode(state);
  assert.match(fragment, /^#s=1\.[\w-]+$/);
  const read = decode(fragment);
  assert.equal(read.problem, undefined, fragment);
  assert.deepEqual(read.state, state);
}

const first = initial(STEPS[0].id);
assert.deepEqual(decode(""), {state: first});
for (const {id} of STEPS) {
  assert.deepEqual(decode(`#${id}`), {state: initial(id)});
  assert.deepEqual(decode(encode(initial(id))), {state: initial(id)});
}

// Each item of the course is a state of its own, which its address has in the shortest form, and the engine accepts what it shows.
for (const item of COURSE) {
  const {step: id, values} = item;
  const step = STEPS.find(known => known.id === id);
  assert.ok(step, `${item.id}: no step '${id}'`);
  for (const [name, value] of Object.entries(values)) {
    assert.notDeepEqual(value, step.defaults[name], `${item.id}: '${name}' is the default, so leave it out`);
  }
  const state = lesson(item);
  const read = decode(encode(state));
  assert.equal(read.problem, undefined, item.id);
  assert.deepEqual(read.state, state);
  assert.match(item.question, /^[A-Z0-9n].*\?$/, item.id);
  const policies = step.policies(state.values);
  const requests = [...Object.values(policies).map(policy => ({op: "explain", policy}))];
  if (step.transfer) {
    requests.push({op: "transfer", ...step.transfer(state.values)});
  } else {
    requests.push({op: "print", ...step.scenario(state.values)});
  }
  requests.forEach(request => console.log(JSON.stringify(request)));
}
// Each preset is a policy that the engine reads, found again by its text, with its source.
for (const preset of PRESETS) {
  console.log(JSON.stringify({op: "explain", policy: preset.text}));
  assert.equal(presetOf(` ${preset.text}\n`), preset);
  assert.match(about(preset), /^Version: .+\. Source: .+\. Not expressed: .+\.$/);
}
assert.equal(presetOf("max-attempts=9"), undefined);

const shown = COURSE.map(item => JSON.stringify([item.step, item.values]));
assert.deepEqual(shown.filter((state, index) => shown.indexOf(state) !== index), [], "two items show the same");
assert.equal(new Set(COURSE.map(({id}) => id)).size, COURSE.length);

/** A fragment that is refused gives the first step and says why. */
function assertRefused(fragment, pattern) {
  const read = decode(fragment);
  assert.deepEqual(read.state, first, fragment);
  assert.match(read.problem ?? "", pattern, fragment);
}

const fragmentOf = value => `#s=1.${Buffer.from(JSON.stringify(value)).toString("base64url")}`;
assertRefused("#main-thing", /no state of this page/);
assertRefused("#s=2.WyJjYWxsIl0", /version 2; this page reads version 1/);
assertRefused("#s=1.", /incomplete/);
assertRefused("#s=1.WyJjYWxs", /incomplete/);
assertRefused(fragmentOf(["none"]), /incomplete/);
assertRefused(fragmentOf(null), /incomplete/);
assertRefused(fragmentOf({step: "call"}), /incomplete/);
assertRefused(fragmentOf(["call", {other: 1}]), /sets 'other'/);
assertRefused(fragmentOf(["call", {attempts: "5"}]), /sets 'attempts'/);
assertRefused(fragmentOf(["call", {attempts: 1e9}]), /'attempts' to '1000000000'.*does not offer/);
assertRefused(fragmentOf(["call", {attempts: 1}]), /does not offer/);
assertRefused(fragmentOf(["server", {clients: 1e6}]), /'clients' to '1000000'.*does not offer/);
assertRefused(fragmentOf(["call", {strategy: "toString"}]), /does not offer/);
assertRefused(fragmentOf(["call", {toString: "x"}]), /sets 'toString'/);
assertRefused(fragmentOf(["call", {}, "99"]), /item '99' of the course.*'call'/);
assertRefused(fragmentOf(["call", {}, "6a"]), /item '6a' of the course.*'call'/);
assertRefused(fragmentOf(["call", {}, null]), /item 'null' of the course/);
assertRefused(fragmentOf(["free", {settings: {load: 5}}]), /sets 'settings'/);
assertRefused(fragmentOf(["free", {settings: ["a"]}]), /sets 'settings'/);
assertRefused(fragmentOf(["free", {settings: null}]), /sets 'settings'/);
assertRefused(`#s=1.${Buffer.from("[\"call\",{\"__proto__\":{\"a\":\"b\"}}]").toString("base64url")}`, /sets '__proto__'/);
assertRefused(`#s=1.${Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]).toString("base64url")}`, /incomplete/);
assertRefused(`#s=1.${Buffer.from("[\"free\",{\"a\":\"\xff\"}]", "latin1").toString("base64url")}`, /incomplete/);

// What is broken by a transport never throws: it is read as a state that is whole, or refused with a message.
for (let i = 0; i < 4000; i++) {
  const whole = encode(randomState());
  const at = below(whole.length);
  const broken = pick([
    () => whole.slice(0, at),
    () => whole.slice(0, at) + pick(["", "A", "-", "=", "%20", "é", "."]) + whole.slice(at + 1),
    () => `#${text()}`,
    () => fragmentOf([pick([text(), STEPS[0].id, 7, null]), pick([{}, {seed: null}, {[text()]: text()}, text(), 3])]),
  ])();
  const {state, problem} = decode(broken);
  assert.ok(state.item === undefined || COURSE.some(({id}) => id === state.item), broken);
  assert.ok(STEPS.some(({id, defaults}) => id === state.step
    && Object.keys(state.values).every(name => Object.hasOwn(defaults, name))), broken);
  if (problem !== undefined) {
    assert.ok(problem.length > 10 && problem.length < 5000);
    assert.deepEqual(state, first);
  }
}

// Keys of policy texts. A value of one key is set, the others stay as they are, in their order.
const KEYS = ["max-attempts", "base-delay", "max-delay", "jitter", "budget", "retry-on", "total-timeout", "nested", "retry-after"];
const VALUES = ["3", "007", "1.50", "0.5", "100ms", "2s", "off", "on", "yes", "null", "true", "none", "full", "10%", "success:0.5/20/10",
  "503,429,java.io.IOException", "sqlstate:08,grpc:UNAVAILABLE", "1e3", "~", "-1", "a#b", "a:", "'", "\"", "{", "[x]", "&a", "*", "5xx", "0x1f",
  "2001-01-01", ".inf"];
const ERRORS = ["503", "5xx", "429", "java.net.ConnectException", "sqlstate:40001", "grpc:UNAVAILABLE", "timeout", "any"];
const RULE_KEYS = ["max-attempts", "base-delay", "max-delay"];

function randomPolicy() {
  const keys = KEYS.filter(() => random() < 0.4).concat(ERRORS.filter(() => random() < 0.2).flatMap(error =>
    [RULE_KEYS[0], ...RULE_KEYS.slice(1).filter(() => random() < 0.5)].map(key => `on.${error}.${key}`)));
  return keys.map(key => [key, pick(VALUES)]);
}

const written = pairs => pairs.map(([key, value]) => `${key}=${value}`).join(pick([" ", "  ", "\n"]));

for (let i = 0; i < 2000; i++) {
  const pairs = randomPolicy();
  const policy = written(pairs);
  const key = pick(KEYS);
  const value = pick(VALUES);
  assert.equal(valueOf(policy, key), pairs.find(([name]) => name === key)?.[1]);
  const changed = withValue(policy, key, value);
  assert.equal(valueOf(changed, key), value);
  assert.deepEqual(changed.split(" ").filter(Boolean), (pairs.some(([name]) => name === key)
    ? pairs.map(([name, usual]) => `${name}=${name === key ? value : usual}`)
    : [...pairs.map(([name, usual]) => `${name}=${usual}`), `${key}=${value}`]));
  console.log(JSON.stringify([policy, spring("A", policy)]));
}
console.log(JSON.stringify(["", spring("A", "")]));
assert.equal(valueOf("retry-on-more=a retry-on=b", "retry-on"), "b");
assert.equal(withValue("retry-on-more=a", "retry-on", "b"), "retry-on-more=a retry-on=b");

// The exports of each step: the policy that is shown, and a command line only where a built-in scenario has one.
const usual = {calls: 3, succeeded: 2, amplification: 1.101, recoverySeconds: 4};
for (const step of STEPS.filter(({isScene}) => !isScene)) {
  const values = initial(step.id).values;
  const runs = Object.keys(step.policies(values)).map(policy => ({policy, results: [usual]}));
  const parts = new Map(exportsOf(step, values, "name: x", {runs}).map(({parts: [title, content]}) => [title.text, content.text]));
  const own = Object.entries(step.policies(values)).filter(([name]) =>
    (step.taken ? step.taken(values).includes(name) : !["none", "naive", "respite"].includes(name)));
  for (const [name, text] of own.length ? own : [["respite", ""]]) {
    assert.equal(parts.get(own.length > 1 ? `Policy text of ${name}` : "Policy text"), text || "(the default policy: no text)");
  }
  const source = step.scenario?.(initial(step.id).values);
  assert.equal(parts.get("Command line")?.includes(`simulate ${source?.builtIn}`), source?.builtIn ? true : undefined);
  assert.equal(parts.get("Scenario in YAML"), "name: x");
  const test = parts.get(own.length > 1 ? `Test of ${own[0][0]}` : "Test");
  assert.equal(test?.includes(".recoversWithin(Duration.ofSeconds(4))\n        .amplifiesAtMost(1.11)\n        .succeedsAtLeast(0.666);"),
    source?.builtIn ? true : undefined);
  // Without a run there is no test, since its limits come from there.
  assert.ok(!exportsOf(step, values, "name: x").some(({parts: [title]}) => title.text.startsWith("Test")));
}
const breakers = values => exportsOf(STEPS.find(({id}) => id === "breaker"), {...initial("breaker").values, ...values}, undefined)
  .map(({parts: [title, content]}) => `${title.text}: ${content.text}`).join("\n");
assert.match(breakers({open: 7, hedge: 35}), /Java of the breaker: .*ofSeconds\(7\).*Java of the hedge: .*ofMillis\(35\).*simulate tail .*'hedge=35ms'/s);
assert.ok(!breakers({breaker: "none"}).includes("Java of the breaker"));
const hostile = exportsOf(STEPS.at(-1), {...STEPS.at(-1).defaults, b: "budget='$(reboot)' \"x\\"}, "")
  .map(({parts: [title, content]}) => [title.text, content.text]);
assert.ok(Object.fromEntries(hostile)["Command line"].endsWith("--policy 'B=budget='\\''$(reboot)'\\'' \"x\\'"));
assert.ok(Object.fromEntries(hostile)["Java of B"].includes("parse(\"budget='$(reboot)' \\\"x\\\\\")"));

// The verdict of the scorecard: harm anywhere excludes a policy, and of the others the one whose calls succeed most is named.
const marks = kinds => kinds.map(([kind, fraction], i) => ({situation: `s${i}`, kind, fraction}));
assert.equal(verdict(new Map([["none", marks([["baseline", 0.9]])], ["A", marks([["gain", 0.9], ["harm when calm", 0.9]])], ["B", marks([["gain", 0.5]])]])),
  "Choose B: of your policies it alone does no harm in any of the five situations. A does harm in: s1.");
assert.ok(verdict(new Map([["none", marks([["baseline", 0.9]])], ["A", marks([["gain", 0.6]])], ["B", marks([["gain", 0.7]])]])).startsWith("Choose B: of those"));
assert.equal(verdict(new Map([["none", marks([["baseline", 1]])], ["A", marks([["harm", 0.1]])]])),
  "Each of your policies does harm in some situation. A does harm in: s0.");
assert.ok(verdict(new Map([["naive", marks([["gain", 1]])], ["B", marks([["gain", 0.5]])]])).startsWith("Choose B: of your policies it alone"));

// The scorecard refuses a service that cannot serve the calls, and shows each recovery that a run can show.
assert.equal(problemOf({rate: 50, capacity: 51}), "");
assert.match(problemOf({rate: 50, capacity: 50}), /can take 50 requests .* 50 calls come\. It must take more .*\. Raise the capacity/);
for (const scenario of Object.values(situations({rate: 20, capacity: 80, timeout: 2000}))) {
  const end = Math.max(0, ...(scenario.faults ?? []).map(fault => Number.parseInt(fault.at) + Number.parseInt(fault.for)));
  assert.ok(end === 0 || Number.parseInt(scenario.duration) >= end + 120, scenario.name);
}
assert.equal(80 / situations({rate: 20, capacity: 80, timeout: 2000}).overload.faults[0].by, 16);
assert.equal(recoveryText(0), "");
assert.equal(recoveryText(22), ", recovers in 22 s");
assert.equal(recoveryText(100), ", recovers in 100 s");
assert.equal(recoveryText(101), ", recovery not within 100 s");
assert.equal(recoveryText(null), ", recovery not within 100 s");
